import Glibc
import Numerics

/// A system call that failed, before it is known which file it was for.
struct Step: Error {
  let operation: String
  let errno: Int32

  /// Hands on the result of a system call that is negative when it fails.
  @discardableResult
  static func check(_ operation: String, _ result: Int32) throws(Step) -> Int32 {
    guard result >= 0 else { throw Step(operation: operation, errno: Glibc.errno) }
    return result
  }
}

/// Where a file of a known size is to be, and what its writers need to know about that place.
struct WriteTarget: Sendable {
  let path: String
  let byteCount: Int
  /// The folder, "." for the working folder.
  let folder: String
  /// A hidden name beside it that no other process takes.
  let temporary: String

  init(path: String, byteCount: Int) {
    self.path = path
    self.byteCount = byteCount
    folder = Path.folder(of: path)
    temporary = "\(folder)/.\(Path.file(of: path)).tmp-\(getpid())"
  }

  /// The error for a step that failed; says how much room there is if there is too little.
  func failure(_ step: Step) -> FileWriteError {
    FileWriteError(
      path: path, operation: step.operation, errno: step.errno, byteCount: byteCount,
      freeByteCount: step.errno == ENOSPC || step.errno == EDQUOT ? AtomicFile.freeBytes(in: folder) : nil)
  }

  /// Brings the names in the folder to the disk.
  func syncFolder() throws(Step) {
    let descriptor = try Step.check("open the folder of", open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    defer { close(descriptor) }
    // Some file systems cannot sync a folder; their names reach the disk with the file.
    let result = fsync(descriptor)
    if result < 0 && errno == EINVAL { return }
    try Step.check("flush the folder of", result)
  }
}
