import Glibc
import HDF5

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
  /// - Throws: `FileWriteError` if it cannot be made.
  init?(_ path: String) throws(FileWriteError) {
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
    heartbeat = LeaseHeartbeat(descriptor)
  }

  deinit {
    if heartbeat.isFile(at: path) { unlink(path) }
    heartbeat.stop()
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
    let isTheSame = lstat(aside, &moved) == 0 && moved.st_ino == found.st_ino
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

/// The thread that renews the time of a lease's file.
private final class LeaseHeartbeat: @unchecked Sendable {
  private let descriptor: Int32
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let stopped = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isStopped = false  // behind the mutex

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(stopped, nil)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<LeaseHeartbeat>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context)
    if result == 0 {
      pthread_detach(thread)
    } else {
      Unmanaged<LeaseHeartbeat>.fromOpaque(context).release()
    }
  }

  deinit {
    close(descriptor)
    pthread_cond_destroy(stopped)
    pthread_mutex_destroy(mutex)
    stopped.deallocate()
    mutex.deallocate()
  }

  /// Whether the file is at `path` still.
  func isFile(at path: String) -> Bool {
    var (mine, there) = (stat(), stat())
    return fstat(descriptor, &mine) == 0 && lstat(path, &there) == 0 && mine.st_ino == there.st_ino
      && mine.st_dev == there.st_dev
  }

  func stop() {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_signal(stopped)
    pthread_mutex_unlock(mutex)
  }

  private func run() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isStopped {
      var next = timespec()
      clock_gettime(CLOCK_REALTIME, &next)
      next.tv_sec += Lease.interval
      pthread_cond_timedwait(stopped, mutex, &next)
      futimens(descriptor, nil)
    }
  }
}
