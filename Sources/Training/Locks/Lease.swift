import Glibc
import HDF5
import MPI
import Numerics

/// A lock of a file system that has none: a file that only one process can have made.
///
/// It is removed at the end. What a killed process has left is known by its number on the same machine, and elsewhere by
/// its time of change, which the holder renews.
final class Lease: Sendable {
  private let path: String
  private let heartbeat: LeaseHeartbeat

  /// How often a holder renews the file's time.
  static let interval = 5
  /// After how many seconds without that a holder has ended; for longer than that, no file server keeps anybody waiting.
  static let lifetime = 90

  /// Makes the file at `path`; nil if a process has it.
  ///
  /// The corresponding C function is `open` with `O_CREAT` and `O_EXCL`.
  ///
  /// - Parameter whenLost: what is done when another process has taken the file away, again and again; it ends the job.
  /// - Throws: `FileWriteError` if it cannot be made, `ThreadError` if it could not be renewed.
  init?(_ path: String, whenLost: (@Sendable () -> Void)? = nil) throws {
    let flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    var descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | flags, 0o644)
    if descriptor < 0, errno == EEXIST, Self.removeAbandoned(path) {
      descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | flags, 0o644)
    }
    guard descriptor >= 0 else {
      if errno == EEXIST { return nil }
      throw FileWriteError(path: path, operation: "lock", errno: errno, byteCount: 0)
    }
    LockHolder.current.write(to: descriptor)
    self.path = path
    do {
      heartbeat = try LeaseHeartbeat(descriptor, path, whenLost: whenLost ?? { Self.end(path) })
    } catch {
      unlink(path)
      throw error
    }
  }

  deinit {
    heartbeat.stop()
    if heartbeat.isThere { unlink(path) }
  }

  /// Ends the job: two processes must not write into one folder.
  private static func end(_ path: String) -> Never {
    StandardStream.errors.say(
      "cnn-dist: \(Text.visible(path)): another process has taken the lock, for this one stood still for \(lifetime) s or "
        + "longer; it ends here, the same command with --resume goes on\n")
    StandardStream.errors.finish()
    Environment.abort(code: EX_TEMPFAIL)
  }

  /// Removes the file of a process that has ended, and says whether it did.
  private static func removeAbandoned(_ path: String) -> Bool {
    var found = stat()
    guard lstat(path, &found) == 0 else { return errno == ENOENT }
    guard
      LockHolder(readFrom: String(path.dropLast("-held".count)))?.hasEnded == true || age(of: found, path) > lifetime
    else { return false }
    // Of several that find it abandoned one gets it out of the way.
    let aside = "\(path)-\(getpid())"
    guard rename(path, aside) == 0 else { return false }
    var moved = stat()
    let isTheSame = lstat(aside, &moved) == 0 && moved.isUnchanged(found)
    // Another was faster, and this is its new file.
    if !isTheSame { link(aside, path) }
    unlink(aside)
    return isTheSame
  }

  /// Seconds since the file was changed, by the clock of the file server.
  private static func age(of file: stat, _ path: String) -> Int {
    let probe = "\(path)-now-\(getpid())"
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return 0 }
    defer {
      close(descriptor)
      unlink(probe)
    }
    var now = stat()
    guard futimens(descriptor, nil) == 0, fstat(descriptor, &now) == 0 else { return 0 }
    return now.st_mtim.tv_sec - file.st_mtim.tv_sec
  }
}

/// The thread that renews the time of a lease's file, and looks whether it is there.
private final class LeaseHeartbeat: Sendable {
  private let descriptor: Int32
  private let path: String
  private let monitor = Monitor()
  nonisolated(unsafe) private var isStopped = false  // within the monitor

  /// - Throws: `ThreadError` if there can be no thread.
  init(_ descriptor: Int32, _ path: String, whenLost: @escaping @Sendable () -> Void) throws(ThreadError) {
    self.descriptor = descriptor
    self.path = path
    _ = try SystemThread("cnn-dist lease", isDetached: true) { [self] in
      var isMissing = false
      while !isOver {
        let state = fileAtPath()
        // A server that does not find it once may find it the next time.
        if state == .another || state == .none && isMissing { whenLost() }
        isMissing = state == .none
        if state == .mine { futimens(descriptor, nil) }
      }
    }
  }

  deinit { close(descriptor) }

  /// Whether the file is at its path still.
  var isThere: Bool { fileAtPath() == .mine }

  private enum FileAtPath { case mine, another, none, unknown }

  private func fileAtPath() -> FileAtPath {
    var (mine, there) = (stat(), stat())
    guard fstat(descriptor, &mine) == 0 else { return .unknown }
    guard lstat(path, &there) == 0 else { return errno == ENOENT ? .none : .unknown }
    return mine.isFile(there) ? .mine : .another
  }

  func stop() {
    monitor.locked {
      isStopped = true
      monitor.signal()
    }
  }

  /// Waits for the next turn, and says whether there is none.
  private var isOver: Bool {
    monitor.locked {
      let end = ContinuousClock.now + .seconds(Lease.interval)
      while !isStopped, .now < end { monitor.wait(seconds: Double(Lease.interval)) }
      return isStopped
    }
  }
}

extension stat {
  /// Whether both are of one file.
  fileprivate func isFile(_ other: stat) -> Bool { st_ino == other.st_ino && st_dev == other.st_dev }

  /// Whether both are of one file that has not been changed: numbers are given out again at once.
  fileprivate func isUnchanged(_ other: stat) -> Bool {
    isFile(other) && st_mtim.tv_sec == other.st_mtim.tv_sec && st_mtim.tv_nsec == other.st_mtim.tv_nsec
  }
}
