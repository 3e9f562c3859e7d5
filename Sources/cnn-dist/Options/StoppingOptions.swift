import ArgumentParser
import Foundation
import NeuralNetwork
import Training

/// When a job stops before its work is done: at a signal, or when its time is over.
struct StoppingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Stop with a checkpoint and exit code 75 before this time is over: 55m, 2h or 2026-11-27T06:00:00Z. Default: the end of the Slurm job, less a minute.",
      valueName: "time"))
  var deadline: String?

  /// Lets signals end the process at once until there is something to save, and returns what says whether to stop.
  ///
  /// Call `StopSignals.handle()` when training begins.
  ///
  /// - Throws: ``ConfigurationError`` if the deadline cannot be read; `ThreadError` if there can be no thread for signals.
  func begin() throws -> (Duration) -> StopReason? {
    try Self.endAtOnce("before the first step: there is nothing to save, the same command begins again")
    let deadline =
      try deadline.map { text throws(ConfigurationError) in try Deadline(text) }
      ?? Deadline(ofScheduler: ProcessInfo.processInfo.environment)
    return { pause in
      StopSignals.received ?? (deadline?.isReached(allowing: pause) == true ? .deadline : nil)
    }
  }

  /// Lets signals end the process at once; of several ranks the first says so.
  static func endAtOnce(_ state: String) throws {
    try StopSignals.endAtOnce(
      saying: Rank.ofThisProcess == 0 ? "cnn-dist: \(Rank.prefix)stopped early by a signal \(state)" : nil)
  }
}
