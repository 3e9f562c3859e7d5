import Glibc
import HDF5

/// The right to write into a folder: one process at a time has it, until it ends or lets go.
public final class RunLock: Sendable {
  /// How the right is held.
  private enum Hold {
    /// By a lock on the open file.
    case locked(Int32)
    /// By a file that is there, where the file system has no locks.
    case leased(Lease)
  }

  private let hold: Hold

  /// How long a lock is waited for that another process has: a job whose mpirun was killed takes seconds to end.
  public static let patience = Duration.seconds(10)

  /// Takes the lock called `name` of the folder at `path`.
  ///
  /// The corresponding C functions are `flock`, `fcntl` with `F_OFD_SETLK` where that fails, and `open` with `O_EXCL` where
  /// the file system has neither.
  ///
  /// - Parameter patience: how long another process that has it is waited for; nil waits for its end.
  /// - Throws: ``RunLockError`` if another process has it, `FileWriteError` if the folder cannot be written, `ThreadError` if
  ///   the file system has no locks and nothing could renew what stands for one.
  public init(folder path: String, name: String = ".lock", patience: Duration? = RunLock.patience) throws {
    let file = "\(path)/\(name)"
    let deadline = patience.map { ContinuousClock.now + $0 }
    while true {
      if let hold = try Self.take(file) {
        self.hold = hold
        return
      }
      if let deadline, .now >= deadline {
        throw RunLockError(
          path: path, problem: "another process is training into it\(LockHolder(readFrom: file)?.text ?? "")",
          advice: "run this again when it has ended, or use another --output")
      }
      usleep(50_000)
    }
  }

  deinit { if case .locked(let descriptor) = hold { close(descriptor) } }

  /// One attempt; nil if another process has the lock.
  private static func take(_ file: String) throws -> Hold? {
    let flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    var descriptor = open(file, O_RDWR | O_CREAT | flags, 0o644)
    // Somebody else's file, in a folder that several people write to.
    let isForeign = descriptor < 0 && errno == EACCES
    if isForeign { descriptor = open(file, O_RDONLY | flags) }
    guard descriptor >= 0 else {
      throw FileWriteError(path: file, operation: "lock", errno: errno, byteCount: 0)
    }
    switch Self.lock(descriptor) {
    case .taken:
      LockHolder.current.write(to: descriptor)
      return .locked(descriptor)
    case .held:
      close(descriptor)
      return nil
    case .unsupported where isForeign:
      // Over NFS a lock needs the right to write, and whose file this is may hold one.
      close(descriptor)
      throw FileWriteError(path: file, operation: "lock", errno: EACCES, byteCount: 0)
    case .unsupported:
      close(descriptor)
      return try Lease(file + "-held").map { .leased($0) }
    }
  }

  private enum Attempt { case taken, held, unsupported }

  private static func lock(_ descriptor: Int32) -> Attempt {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return .taken }
    if [EWOULDBLOCK, EINTR].contains(errno) { return .held }
    var region = Glibc.flock()
    region.l_type = Int16(F_WRLCK)
    region.l_whence = Int16(SEEK_SET)
    let setsLockOfOpenFile: Int32 = 37  // F_OFD_SETLK, which Swift sees with _GNU_SOURCE only
    if fcntl(descriptor, setsLockOfOpenFile, &region) == 0 { return .taken }
    return [EAGAIN, EACCES, EINTR].contains(errno) ? .held : .unsupported
  }
}

/// A folder that another process is writing to: a job script may come again.
public struct RunLockError: Error, Sendable, CustomStringConvertible {
  /// The folder.
  public let path: String
  /// Who is at it.
  public let problem: String
  /// What to do about it.
  public let advice: String

  /// Says who is at a folder, and what to do about it.
  public init(path: String, problem: String, advice: String) {
    self.path = path
    self.problem = problem
    self.advice = advice
  }

  /// The message, `folder: problem; advice`.
  public var description: String { "\(path): \(problem); \(advice)" }
}
