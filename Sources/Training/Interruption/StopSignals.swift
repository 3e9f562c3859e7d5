import Glibc
import Synchronization

/// Signals that ask a run to stop after its step, with a checkpoint: SIGUSR1, SIGTERM and SIGINT.
///
/// A handler only notes the signal; ranks tell each other inside the next step's reduction (``RankReport``), so that all stop
/// after the same step. A second signal ends the process at once, as if nothing handled it.
public enum StopSignals {
  private static let signals = [SIGUSR1, SIGTERM, SIGINT]
  private static let first = Atomic<Int32>(0)
  private static let time = Atomic<Int>(0)

  /// A scheduler and mpirun may both pass one request on: what comes within a second is no second request.
  private static let grace = 1

  /// Handles the signals from now on, in the whole process.
  ///
  /// The corresponding C function is `sigaction`.
  public static func handle() {
    // What is made when it is first used must not be made in a handler.
    _ = (first.load(ordering: .relaxed), time.load(ordering: .relaxed))
    for number in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { StopSignals.note($0) }
      action.sa_flags = SA_RESTART
      // One after the other: a second one must find the time of the first.
      for other in signals { sigaddset(&action.sa_mask, other) }
      sigaction(number, &action, nil)
    }
  }

  /// Lets signals end the process from now on: there is nothing left to be saved.
  public static func release() { for number in signals { signal(number, SIG_DFL) } }

  /// The signal that was received; nil if there was none.
  public static var received: StopReason? {
    let number = first.load(ordering: .relaxed)
    return number == 0 ? nil : .signal(number)
  }

  /// Runs in a signal handler: nothing but atomics and functions that are safe there.
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
