import Logging
import MPI

/// Watches what ranks do beside trainings, which watch themselves: a sweep that waits for its last trial.
public final class JobWatch {
  private let heartbeat = Heartbeat()
  private let watchdog: Watchdog?

  /// Starts to watch; a timeout of 0 watches nothing.
  ///
  /// Collective: every rank of `world` must call this, with the same arguments.
  ///
  /// - Parameters:
  ///   - configuration: says how long nothing may happen, and what happens then.
  ///   - folder: where ranks leave notes for each other; all must see it.
  public init(
    on world: Communicator, _ configuration: TrainingConfiguration, folder: String, logger: Logger
  ) throws {
    heartbeat.enter(.recording, step: Heartbeat.Moment.outsideOfSteps)
    watchdog = try Watchdog(
      heartbeat, rank: world.rank, of: RankPlace.all(of: world), configuration, folder: folder, logger: logger)
  }

  /// Runs what may wait for other ranks.
  public func whileWaiting<Result>(_ body: () throws -> Result) rethrows -> Result { try during(.waiting, body) }

  /// Runs what is watched by itself; until it ends this rank is at work.
  public func whileTraining<Result>(_ body: () throws -> Result) rethrows -> Result { try during(.training, body) }

  /// Says that this rank is at its end.
  public func end() { heartbeat.enter(.ended) }

  private func during<Result>(_ phase: Heartbeat.Phase, _ body: () throws -> Result) rethrows -> Result {
    heartbeat.enter(phase)
    defer { heartbeat.enter(.recording) }
    return try body()
  }
}
