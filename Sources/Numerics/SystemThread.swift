import Glibc

/// A thread of the system's own, for what waits: for a disk, for whoever reads what we write, for a time.
public struct SystemThread: Sendable {
  private let handle: pthread_t

  /// Starts a thread that runs `body` once.
  ///
  /// The corresponding C functions are `pthread_create` and `pthread_detach`.
  ///
  /// - Parameters:
  ///   - name: for `top -H` and debuggers, at most 15 bytes.
  ///   - isDetached: whether nobody waits for its end; ``join()`` must not be called then.
  /// - Throws: ``ThreadError`` if the system allows no more.
  public init(_ name: String, isDetached: Bool = false, _ body: @escaping @Sendable () -> Void) throws(ThreadError) {
    var handle = pthread_t()
    let context = Unmanaged.passRetained(Body(name, body))
    let code = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
        nameThread(body.name)
        body.run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw ThreadError(name: name, code: code)
    }
    self.handle = handle
    // What nobody waits for leaves its stack behind otherwise.
    if isDetached { pthread_detach(handle) }
  }

  /// Waits for its end; once.
  ///
  /// The corresponding C function is `pthread_join`.
  public func join() { pthread_join(handle, nil) }

  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }
}

/// A thread that the system has not started.
public struct ThreadError: Error, Sendable, CustomStringConvertible {
  let name: String
  let code: Int32

  /// What was refused, and the limits that there are.
  public var description: String {
    "the thread '\(name)' cannot be started: \(String(cString: strerror(code))); each rank has a few: raise the limit of "
      + "processes (ulimit -u, or that of the container or the job), or start fewer ranks"
  }
}

/// Names the calling thread; without `_GNU_SOURCE` Swift does not see `pthread_setname_np`.
private func nameThread(_ name: String) {
  let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  _ = name.withCString { write(descriptor, $0, strlen($0)) }
  close(descriptor)
}
