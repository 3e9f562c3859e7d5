import Glibc
import HDF5
import Reports

extension SweepFolder {
  /// The sign that all trials of a part are done, for job scripts: `part-2-of-5.done`, `part-1-of-1.done` for the whole.
  public func doneFile(_ part: SweepPart) -> String { "\(path)/\(part.name).done" }

  /// Says that all trials of `part` are done.
  ///
  /// - Throws: `FileWriteError`.
  public func markDone(_ part: SweepPart) throws {
    try AtomicFile.write(Array("all trials of part \(part) are done\n".utf8), to: doneFile(part))
  }

  /// Takes back what ``markDone(_:)`` has said: there are trials to train again.
  public func unmarkDone(_ part: SweepPart) { unlink(doneFile(part)) }
}
