import Checksums
import FoundationEssentials
import Glibc
import HDF5
import Numerics

/// The checkpoints of a run: one folder, the last few of them and the best, a file of checksums beside each.
///
/// A checkpoint is there whole or not at all: it is written beside its place, synced, and renamed. Its checksum is there
/// before it, so at no moment is there a checkpoint that cannot be told from a damaged one.
struct CheckpointStore {
  /// The folder.
  let folder: String
  /// How many of the newest are kept.
  let keep: Int

  /// Writes `checkpoint`, reads it back, removes what is too old, and returns the bytes written.
  ///
  /// - Throws: `FileWriteError`; then all checkpoints are as they were, but for one that is replaced, or reads back wrong.
  @discardableResult
  func write(_ checkpoint: Checkpoint) throws -> [UInt8] {
    let bytes = try checkpoint.bytes()
    let path = "\(folder)/\(Self.name(updates: checkpoint.progress.updates))"
    // A checkpoint of this step may be there already, of the same run with other settings: while it is replaced, either
    // is good.
    let checksum = SHA256.hexadecimal(of: bytes)
    let former = Self.checksums(of: path)
    let best = checkpoint.progress.best
    try write(checksums: [checksum] + former, best, of: path)
    do {
      try AtomicFile.write(bytes, to: path)
    } catch {
      if former.isEmpty { unlink(path + Self.checksumSuffix) }
      throw error
    }
    // Nothing older goes before this one has been seen to be good.
    try AtomicFile.readBack(bytes, from: path)
    if !former.isEmpty { try write(checksums: [checksum], best, of: path) }
    removeOldOnes()
    return bytes
  }

  /// Removes all but the newest and those that these name as the best.
  private func removeOldOnes() {
    let all = list()
    let spared = Set(all.suffix(keep).compactMap { best(beside: $0) })
    for old in all.dropLast(keep) where !spared.contains(old) { remove(old) }
  }

  /// Where the checkpoint of the best epoch is.
  func path(of best: BestEpoch) -> String { "\(folder)/\(Self.name(updates: best.updates))" }

  /// Sets aside what is newer than the checkpoint training continues from: it was damaged, or is of another past.
  ///
  /// The files stay, under another name, for whoever wants to look at them.
  func setAside(newerThan updates: Int) {
    for path in list() where Self.updates(of: path) ?? 0 > updates {
      rename(path, path + ".damaged")
      unlink(path + Self.checksumSuffix)
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasSuffix(Self.checksumSuffix) {
      let path = "\(folder)/\(name)"
      if access(String(path.dropLast(Self.checksumSuffix.count)), F_OK) != 0 { unlink(path) }
    }
  }

  /// The checkpoints, oldest first.
  func list() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name in Self.updates(of: name).map { (updates: $0, path: "\(folder)/\(name)") } }
      .sorted { $0.updates < $1.updates }.map(\.path)
  }

  /// The bytes of the newest checkpoint that is undamaged, with its path; nil if there is none at all.
  ///
  /// - Parameters:
  ///   - step: looks only at those that were written before this step was made.
  ///   - report: told of every damaged one that is passed over.
  /// - Throws: ``CheckpointError`` if all are damaged, or the folder cannot be looked into.
  func newest(before step: Int = .max, report: (String) -> Void) throws -> (path: String, bytes: [UInt8])? {
    // What cannot be listed is not empty: training would begin again.
    guard let open = opendir(folder) else {
      guard errno != ENOENT else { return nil }
      throw CheckpointError(
        "the folder cannot be read: \(String(cString: strerror(errno)))", file: folder,
        advice: "put it right, or start again in another folder")
    }
    closedir(open)
    let all = list().filter { Self.updates(of: $0) ?? 0 < step }
    for path in all.reversed() {
      do {
        return (path, try Self.verifiedBytes(of: path))
      } catch let error as FileReadError where error.isTooLarge {
        // Nothing is wrong with it.
        throw error
      } catch {
        report("\(error)")
      }
    }
    guard all.isEmpty else {
      throw CheckpointError("no checkpoint is undamaged", file: folder, advice: "start again in another folder")
    }
    return nil
  }

  /// Reads a checkpoint, checked against the checksum beside it before libhdf5 looks at it.
  ///
  /// - Throws: ``CheckpointError`` if they do not agree, ``FileReadError`` if one of them cannot be read.
  static func verifiedBytes(of path: String) throws -> [UInt8] {
    let bytes = try FileReadError.contents(of: path)
    _ = try FileReadError.contents(of: path + checksumSuffix, upTo: FileReadError.textLimit)
    let expected = checksums(of: path)
    let found = SHA256.hexadecimal(of: bytes)
    guard expected.contains(found) else {
      throw CheckpointError(
        "damaged: its SHA-256 is \(found.prefix(12))…, expected \(expected.first?.prefix(12) ?? "none")…", file: path,
        advice: "use an older one")
    }
    return bytes
  }

  static let checksumSuffix = ".sha256"

  private func remove(_ path: String) {
    unlink(path)
    unlink(path + Self.checksumSuffix)
  }

  /// The checksums beside a checkpoint; none if it has none.
  private static func checksums(of path: String) -> [String] {
    lines(beside: path).filter { !$0.hasPrefix("#") }.map { String($0.prefix(64)) }
  }

  /// The path of the best checkpoint, as the file beside another says; nil if it says nothing.
  private func best(beside path: String) -> String? {
    let line = Self.lines(beside: path).first { $0.hasPrefix(Self.bestComment) }
    return line.map { "\(folder)/\($0.dropFirst(Self.bestComment.count))" }
  }

  private static func lines(beside path: String) -> [Substring] {
    let bytes = try? FileReadError.contents(of: path + checksumSuffix, upTo: FileReadError.textLimit)
    return bytes.map { String(decoding: $0, as: UTF8.self).split(separator: "\n") } ?? []
  }

  private static let bestComment = "# best: "

  /// Writes them, and which is the best checkpoint, in the form that `sha256sum --check` reads.
  private func write(checksums: [String], _ best: BestEpoch?, of path: String) throws {
    let name = Path.name(of: path)
    var lines = checksums.map { "\($0)  \(name)\n" }.joined()
    if let best { lines += "\(Self.bestComment)\(Self.name(updates: best.updates))\n" }
    try AtomicFile.write(Array(lines.utf8), to: path + Self.checksumSuffix)
  }

  private static func name(updates: Int) -> String {
    let digits = String(updates)
    return "step-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + ".h5"
  }

  /// Whether a checkpoint has that name, or its checksum.
  static func isName(_ name: String) -> Bool {
    updates(of: name) != nil
      || name.hasSuffix(checksumSuffix) && updates(of: String(name.dropLast(checksumSuffix.count))) != nil
  }

  /// The number in a checkpoint's name; nil for other files.
  private static func updates(of path: String) -> Int? {
    let name = Path.name(of: path)
    guard name.hasPrefix("step-"), name.hasSuffix(".h5") else { return nil }
    return Int(name.dropFirst("step-".count).dropLast(".h5".count)).flatMap { $0 >= 0 ? $0 : nil }
  }
}
