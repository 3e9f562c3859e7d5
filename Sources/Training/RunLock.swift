import Glibc

/// The right to write into a folder: one process at a time has it, until it ends or lets go.
public final class RunLock {
  private let descriptor: Int32

  /// Takes the lock called `name` of the folder at `path`.
  ///
  /// The corresponding C function is `flock`; file systems that have no locks let everybody in.
  ///
  /// - Parameter waits: waits for another process that has it.
  /// - Throws: ``RunFolderError`` if another process has it.
  public init(folder path: String, name: String = ".lock", waits: Bool = false) throws {
    descriptor = open("\(path)/\(name)", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    let operation = waits ? LOCK_EX : LOCK_EX | LOCK_NB
    guard descriptor < 0 || flock(descriptor, operation) == 0 || errno != EWOULDBLOCK else {
      close(descriptor)
      throw RunFolderError(
        path: path, problem: "another process is training into it",
        advice: "wait for it to end, or use another --output")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
