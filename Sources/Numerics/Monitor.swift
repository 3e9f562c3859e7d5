import Glibc

/// A mutex and a condition: threads change something in turn, and wait until others have.
///
/// Times are of the monotonic clock: whoever sets the time of day makes nobody wait longer.
public final class Monitor: Sendable {
  nonisolated(unsafe) private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  nonisolated(unsafe) private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// The corresponding C functions are `pthread_mutex_init` and `pthread_cond_init`.
  public init() {
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` while no other thread is in one.
  ///
  /// The corresponding C functions are `pthread_mutex_lock` and `pthread_mutex_unlock`.
  public func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Waits until another thread calls ``signal()``, or for no reason; within ``locked(_:)``.
  ///
  /// The corresponding C function is `pthread_cond_wait`.
  public func wait() { pthread_cond_wait(changed, mutex) }

  /// The same, for `seconds` at most.
  ///
  /// The corresponding C function is `pthread_cond_timedwait`.
  public func wait(seconds: Double) {
    var until = timespec()
    clock_gettime(CLOCK_MONOTONIC, &until)
    let nanoseconds = until.tv_nsec + Int(min(max(seconds, 0), 1e6) * 1e9)
    until.tv_sec += nanoseconds / 1_000_000_000
    until.tv_nsec = nanoseconds % 1_000_000_000
    pthread_cond_timedwait(changed, mutex, &until)
  }

  /// Wakes all that wait; within ``locked(_:)``.
  ///
  /// The corresponding C function is `pthread_cond_broadcast`.
  public func signal() { pthread_cond_broadcast(changed) }
}
