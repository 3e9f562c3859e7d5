import FoundationEssentials
import NeuralNetwork

/// The moment by which a job must have ended: training stops before it, with a checkpoint.
///
/// A moment is a time of day, as the scheduler's is: whoever sets the clock moves it. A length of time is of a clock that runs
/// on, as all other times are.
public struct Deadline: Sendable, Equatable {
  /// The moment, in seconds since 1970.
  public let moment: Double
  /// The same by the clock that runs on; nil for a time of day.
  private let instant: ContinuousClock.Instant?

  /// At `moment`, in seconds since 1970.
  public init(moment: Double) {
    self.moment = moment
    instant = nil
  }

  /// Reads `--deadline`: a length of time from `now` on, or a moment such as `2026-11-27T06:00:00Z`.
  ///
  /// - Throws: ``ConfigurationError`` that shows the forms, or says that the moment is over.
  public init(_ text: String, now: Double = Date.now.timeIntervalSince1970) throws(ConfigurationError) {
    if let span = TimeSpan(text) {
      moment = now + span.seconds
      instant = .now + .seconds(span.seconds)
    } else if let date = try? Date(text, strategy: .iso8601) {
      moment = date.timeIntervalSince1970
      instant = nil
      guard moment > now else {
        throw ConfigurationError(
          "'\(text)' is over, expected a moment to come", at: "--deadline",
          advice: "write the time that is left, such as 55m, or a later moment")
      }
    } else {
      throw ConfigurationError(
        "expected a length of time or a moment, found '\(text)'", at: "--deadline",
        advice: "write 55m, 2h or 2026-11-27T06:00:00Z")
    }
  }

  /// The end of the job that Slurm has set for it, less a minute for what comes after the last step; nil outside of Slurm.
  ///
  /// - Parameter environment: the process' variables; Slurm sets `SLURM_JOB_END_TIME` to the seconds since 1970.
  public init?(ofScheduler environment: [String: String]) {
    guard let text = environment["SLURM_JOB_END_TIME"], let end = Double(text), end > 0 else { return nil }
    self.init(moment: end - 60)
  }

  /// Whether there may be no time for what takes `duration`.
  public func isReached(allowing duration: Duration) -> Bool {
    if let instant { return .now + duration >= instant }
    return Date.now.timeIntervalSince1970 + duration / .seconds(1) >= moment
  }
}
