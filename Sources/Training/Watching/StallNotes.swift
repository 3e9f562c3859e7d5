import Glibc
import HDF5
import Numerics

/// Small files by which ranks tell each other what they are doing when nothing moves any more.
///
/// They are hints: one that cannot be written or read is as if it were not there.
struct StallNotes {
  /// What a rank says of itself.
  struct Note: Equatable, Sendable {
    /// What it is doing.
    var moment: Heartbeat.Moment
    /// Whether it has stood still for long; else it only answers those that have.
    var stands: Bool
    /// How often it has said so: a number that does not change is that of a rank which is stopped.
    var count: Int
    /// Whether it has said who hangs, and ends the job.
    var ends = false
  }

  /// The folder, which all ranks see if the run's folder is on a file system they share.
  let folder: String

  /// Says what `rank` is doing.
  func leave(_ note: Note, _ rank: Int) {
    // Before the first step there may be no run's folder yet. Another rank must not make one of its own elsewhere.
    if mkdir(folder, 0o777) != 0, errno == ENOENT, rank == 0 {
      mkdir(Path.folder(of: folder), 0o777)
      mkdir(folder, 0o777)
    }
    let moment = note.moment
    let state = note.ends ? 2 : note.stands ? 1 : 0
    let text = "\(moment.phase.rawValue) \(moment.shard) \(moment.step) \(state) \(note.count)\n"
    try? AtomicFile.write(Array(text.utf8), to: path(rank))
  }

  /// Takes back what ``leave(_:_:)`` has said, and the folder with the last.
  func remove(_ rank: Int) {
    unlink(path(rank))
    rmdir(folder)
  }

  /// Takes back what all of `ranks` ranks have said, where none of them comes to it any more.
  func removeAll(of ranks: Int) {
    for rank in 0..<ranks { unlink(path(rank)) }
    rmdir(folder)
  }

  /// What each of `ranks` ranks says; nil for those that have said nothing.
  ///
  /// Like all functions here, it may not return where a file system no longer answers.
  func read(_ ranks: Int) -> [Note?] {
    // While all is well there is no folder, and one look tells.
    guard access(folder, F_OK) == 0 else { return Array(repeating: nil, count: ranks) }
    return (0..<ranks).map { rank in
      guard let bytes = try? FileReadError.contents(of: path(rank), upTo: FileReadError.textLimit) else { return nil }
      let numbers = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }.compactMap { Int($0) }
      guard numbers.count == 5, let number = UInt8(exactly: numbers[0]), let phase = Heartbeat.Phase(rawValue: number)
      else { return nil }
      return Note(
        moment: Heartbeat.Moment(phase: phase, shard: numbers[1], step: numbers[2], since: 0), stands: numbers[3] != 0,
        count: numbers[4], ends: numbers[3] == 2)
    }
  }

  private func path(_ rank: Int) -> String { "\(folder)/rank-\(rank)" }
}
