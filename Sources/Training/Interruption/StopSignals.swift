import Glibc
import Numerics
import Synchronization

/// Signals that ask a run to stop, with a checkpoint: SIGUSR1, SIGTERM, SIGINT and SIGHUP.
///
/// Before the first step there is nothing to be saved, and a signal ends the process at once
/// (``endAtOnce(saying:)``). While training a handler only notes it (``handle()``); ranks tell each other inside the next
/// step's reduction (``RankReport``), so that all stop after the same step. A second signal ends the process at once then, as if
/// nothing handled it.
///
/// Handlers run on a thread of their own, never on one that calculates: inside of `dnnl_sgemm` the stack pointer can point
/// into the heap, where the matrices are packed, and the frame of a signal is written below it, over what others have there.
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
  private static let hasThread = Atomic<Bool>(false)

  /// A scheduler and mpirun may both pass one request on: what comes within a second is no second request.
  private static let grace = 1

  /// Lets a signal end the process at once, with the exit code of a run that was stopped early and is to go on.
  ///
  /// Call it on the thread that trains, before it calculates: that thread, and those that it starts later, take no such
  /// signals any more.
  ///
  /// - Parameter text: a line for standard error; nil says nothing.
  /// - Throws: `ThreadError` if there can be no thread for handlers.
  ///
  /// The corresponding C function is `sigaction`.
  public static func endAtOnce(saying text: String?) throws(ThreadError) {
    lastWords.store(Int(bitPattern: text.flatMap { strdup($0 + "\n") }), ordering: .sequentiallyConsistent)
    try handle { _ in StopSignals.leave() }
  }

  /// Notes signals from now on, in the whole process; call it on the thread that trains.
  ///
  /// - Throws: `ThreadError` if there can be no thread for handlers.
  ///
  /// The corresponding C function is `sigaction`.
  public static func handle() throws(ThreadError) {
    // What is made when it is first used must not be made in a handler.
    _ = (first.load(ordering: .relaxed), time.load(ordering: .relaxed))
    try handle { StopSignals.note($0) }
  }

  /// Lets signals end the process as if nothing handled them: there is nothing left to be saved.
  public static func release() { for number in signals { signal(number, SIG_DFL) } }

  /// The signal that was received; nil if there was none.
  public static var received: StopReason? {
    let number = first.load(ordering: .relaxed)
    return number == 0 ? nil : .signal(number)
  }

  private static func handle(by handler: @escaping @convention(c) (Int32) -> Void) throws(ThreadError) {
    try keepFromCallingThread()
    for number in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = handler
      action.sa_flags = SA_RESTART
      // One after the other: a second one must find the time of the first.
      action.sa_mask = set
      sigaction(number, &action, nil)
    }
  }

  /// Blocks the signals here, and starts a thread that does nothing but take them.
  private static func keepFromCallingThread() throws(ThreadError) {
    guard !hasThread.load(ordering: .sequentiallyConsistent) else { return }
    var blocked = set
    pthread_sigmask(SIG_BLOCK, &blocked, nil)
    _ = try SystemThread("cnn-dist signal", isDetached: true) {
      var taken = set
      pthread_sigmask(SIG_UNBLOCK, &taken, nil)
      while true { pause() }
    }
    hasThread.store(true, ordering: .sequentiallyConsistent)
  }

  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals { sigaddset(&set, number) }
    return set
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
