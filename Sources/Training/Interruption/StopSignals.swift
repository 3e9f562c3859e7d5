import Glibc
import Synchronization

/// Signals that ask a run to stop, with a checkpoint: SIGUSR1, SIGTERM, SIGINT and SIGHUP.
///
/// Before the first step, and after the last, there is nothing to be saved, and a signal ends the process at once
/// (``endAtOnce(saying:)``). While training a handler only notes it (``handle()``); ranks tell each other inside the next
/// step's reduction (``RankReport``), so that all stop after the same step. A second signal ends the process at once then, as if
/// nothing handled it.
public enum StopSignals {
  /// A hangup that is ignored, as nohup asks for, stays so.
  private static let signals: [Int32] = {
    var hangup = sigaction()
    sigaction(SIGHUP, nil, &hangup)
    let isIgnored =
      unsafeBitCast(hangup.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    return [SIGUSR1, SIGTERM, SIGINT] + (isIgnored ? [] : [SIGHUP])
  }()
  private static let first = Atomic<Int32>(0)
  private static let time = Atomic<Int>(0)
  /// The address of what is said at an end at once; 0 for nothing.
  private static let lastWords = Atomic<Int>(0)

  /// A scheduler and mpirun may both pass one request on: what comes within a second is no second request.
  private static let grace = 1

  /// Lets a signal end the process at once, with the exit code of a run that was stopped early and is to go on.
  ///
  /// - Parameter text: a line for standard error; nil says nothing.
  ///
  /// The corresponding C function is `sigaction`.
  public static func endAtOnce(saying text: String?) {
    lastWords.store(Int(bitPattern: text.flatMap { strdup($0 + "\n") }), ordering: .sequentiallyConsistent)
    handle { _ in StopSignals.leave() }
  }

  /// Notes signals from now on, in the whole process.
  ///
  /// The corresponding C function is `sigaction`.
  public static func handle() {
    // What is made when it is first used must not be made in a handler.
    _ = (first.load(ordering: .relaxed), time.load(ordering: .relaxed))
    handle { StopSignals.note($0) }
  }

  /// Lets signals end the process as if nothing handled them: there is nothing left to be saved.
  public static func release() { for number in signals { signal(number, SIG_DFL) } }

  /// The signal that was received; nil if there was none.
  public static var received: StopReason? {
    let number = first.load(ordering: .relaxed)
    return number == 0 ? nil : .signal(number)
  }

  private static func handle(by handler: @escaping @convention(c) (Int32) -> Void) {
    for number in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = handler
      action.sa_flags = SA_RESTART
      // One after the other: a second one must find the time of the first.
      for other in signals { sigaddset(&action.sa_mask, other) }
      sigaction(number, &action, nil)
    }
  }

  /// Runs in a signal handler: nothing but atomics and functions that are safe there.
  private static func leave() -> Never {
    if let text = UnsafePointer<CChar>(bitPattern: lastWords.load(ordering: .sequentiallyConsistent)) {
      // Nobody may read it.
      var errors = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
      if poll(&errors, 1, 0) > 0 { _ = write(STDERR_FILENO, text, strlen(text)) }
    }
    _exit(EX_TEMPFAIL)
  }

  /// Runs in a signal handler, too.
  private static func note(_ number: Int32) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    // Other threads may run this at the same moment; whoever is first, the time is there before the signal is.
    _ = time.compareExchange(expected: 0, desired: max(now.tv_sec, 1), ordering: .sequentiallyConsistent)
    let isFirst = first.compareExchange(expected: 0, desired: number, ordering: .sequentiallyConsistent).exchanged
    if !isFirst, now.tv_sec - time.load(ordering: .sequentiallyConsistent) > grace {
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
