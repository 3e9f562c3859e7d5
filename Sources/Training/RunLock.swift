import Glibc

/// The right to write into a run's folder: one process at a time has it, until it ends or lets go.
final class RunLock {
  private let descriptor: Int32

  /// Takes the lock of the folder at `path`.
  ///
  /// The corresponding C function is `flock`; file systems that have no locks let everybody in.
  ///
  /// - Throws: ``RunFolderError`` if another process has it.
  init(folder path: String) throws {
    descriptor = open("\(path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      close(descriptor)
      throw RunFolderError(
        path: path, problem: "another process is training into it",
        advice: "wait for it to end, or use another --output")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
