import Glibc
import HDF5
import Numerics

/// Standard output or standard error, which hold up nobody: all that the program prints goes through them.
///
/// A pipe or a terminal takes no more when nobody reads it, and whoever writes then waits for ever: behind `less`, behind a
/// terminal after Ctrl-S, and behind an mpirun that was told to end, for it does not read on. So a thread writes. Messages
/// are for people: whoever has one waits a moment for it to be taken, then leaves it to the thread and goes on; when very
/// many are left they are dropped, and their number is said. Results are waited for, unless a stop is asked for.
public final class StandardStream: @unchecked Sendable {
  /// Standard output.
  public static let output = StandardStream(STDOUT_FILENO, "standard output")
  /// Standard error.
  public static let errors = StandardStream(STDERR_FILENO, "standard error")

  private let descriptor: Int32
  private let name: String
  private let monitor = Monitor()

  // Within the monitor.
  private var hasThread: Bool?  // nil before the first text
  private var queue: [[UInt8]] = []
  /// The bytes that were ever handed over, and those of them with which the thread is done.
  private var given = 0
  private var done = 0
  /// The last text that could not be written: where it ended, and why.
  private var failure: (end: Int, errno: Int32) = (0, 0)
  /// Where the result ends that is waited for: its failure is kept, whatever comes behind it.
  private var awaited = 0
  /// Whether nobody reads: messages are not waited for until all is written.
  private var isStuck = false
  private var dropped = 0

  /// What may wait to be read, in bytes.
  private static let capacity = 1 << 20
  /// How long a message is waited for, and what is left at the end when nothing more is read, in seconds.
  private static let patience = (message: 1.0, end: 5.0)
  /// The same when a stop is asked for: mpirun gives a rank a second.
  private static let patienceAtStop = 0.1

  init(_ descriptor: Int32, _ name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Prints a message as it is; add the end of the line.
  ///
  /// That it cannot be written is no error: a closed pipe must not end what has other results.
  public func say(_ text: String) {
    monitor.locked {
      guard startIfNeeded() else { return write(Array(text.utf8)) }
      guard given - done < Self.capacity else { return dropped += 1 }
      let end = give(text)
      guard !isStuck else { return }
      isStuck = !wait(until: end) { seconds, isStopping in
        seconds >= (isStopping ? Self.patienceAtStop : Self.patience.message)
      }
    }
  }

  /// Writes a result as it is; add the end of the line.
  ///
  /// - Throws: `FileWriteError` if not all of it could be written. That nobody reads any more is no error.
  public func write(_ text: String) throws(FileWriteError) {
    let code = monitor.locked { () -> Int32 in
      let end = given + text.utf8.count
      if startIfNeeded() {
        give(text)
        awaited = end
        _ = wait(until: end) { seconds, isStopping in isStopping && seconds >= Self.patienceAtStop }
      } else {
        write(Array(text.utf8))
      }
      return failure.end == end && failure.errno != EPIPE ? failure.errno : 0
    }
    guard code == 0 else {
      throw FileWriteError(path: name, operation: "write", errno: code, byteCount: text.utf8.count)
    }
  }

  /// Waits until everything is written; not for ever if nobody reads.
  public func finish() {
    monitor.locked {
      _ = wait(until: given) { seconds, isStopping in
        seconds >= (isStopping ? Self.patienceAtStop : Self.patience.end)
      }
    }
  }

  /// Waits until the thread is done with `end` bytes; false if `gives up` says so first.
  ///
  /// - Parameter givesUp: is told for how many seconds nothing has been written, and whether a stop is asked for.
  private func wait(until end: Int, _ givesUp: (Double, Bool) -> Bool) -> Bool {
    var since = (done: done, moment: ContinuousClock.now)
    while done < end {
      // A signal wakes nobody here: it is looked for.
      monitor.wait(seconds: 0.02)
      if done > since.done { since = (done, .now) }
      if givesUp((.now - since.moment) / .seconds(1), StopSignals.received != nil) { return done >= end }
    }
    return true
  }

  /// Hands a text to the thread, and returns how many bytes it will be done with then.
  @discardableResult
  private func give(_ text: String) -> Int {
    queue.append(Array(text.utf8))
    given += text.utf8.count
    monitor.signal()
    return given
  }

  /// Whether there is a thread; without one, callers write themselves.
  private func startIfNeeded() -> Bool {
    if let hasThread { return hasThread }
    let thread = try? SystemThread("cnn-dist output", isDetached: true) { [self] in run() }
    hasThread = thread != nil
    return thread != nil
  }

  /// What the thread does; it ends with the process.
  private func run() {
    while true {
      let texts = monitor.locked {
        while queue.isEmpty { monitor.wait() }
        defer { queue = [] }
        return queue
      }
      for text in texts { put(text) }
      monitor.locked {
        guard done == given else { return }
        isStuck = false
        if dropped > 0 { give("(\(dropped) messages are left out here: nobody has read them in time)\n") }
        dropped = 0
      }
    }
  }

  /// Writes a text on the thread, which is the only one that waits here.
  private func put(_ text: [UInt8]) {
    var (left, code) = (text[...], Int32(0))
    while !left.isEmpty && code == 0 {
      let (count, errno) = writeSome(left)
      left = left.dropFirst(count)
      code = errno
      monitor.locked {
        done += code == 0 ? count : left.count + count
        if code != 0, failure.end == 0 || failure.end != awaited { failure = (done, code) }
        monitor.signal()
      }
    }
  }

  /// Writes a text on the calling thread.
  private func write(_ text: [UInt8]) {
    var (left, code) = (text[...], Int32(0))
    while !left.isEmpty && code == 0 {
      let (count, errno) = writeSome(left)
      left = left.dropFirst(count)
      code = errno
    }
    given += text.count
    done = given
    if code != 0 { failure = (done, code) }
  }

  /// Writes as much as is taken at once: how many bytes that was, and what went wrong.
  ///
  /// The corresponding C function is `write`.
  private func writeSome(_ bytes: ArraySlice<UInt8>) -> (count: Int, errno: Int32) {
    while true {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, min($0.count, Int(PIPE_BUF))) }
      if count > 0 { return (count, 0) }
      if count == 0 { return (0, EIO) }
      // Whoever shares the stream may have made it one that does not wait.
      if errno == EAGAIN || errno == EINTR {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, 1000)
        continue
      }
      return (0, errno)
    }
  }
}
