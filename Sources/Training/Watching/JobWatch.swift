import Logging
import MPI
import NeuralNetwork
import Numerics

/// Watches what ranks do beside trainings, which watch themselves: the start of a job, an evaluation, a sweep between trials.
public final class JobWatch {
  private let heartbeat = Heartbeat()
  private let watchdog: Watchdog?

  /// Watches nothing.
  public init() { watchdog = nil }

  /// Starts to watch a job before its ranks know of each other: `MPI_Init` may wait for one that stands still.
  ///
  /// As before the first step of a training, the job is ended only for a rank that gives no sign of life.
  ///
  /// - Parameters:
  ///   - rank: the rank of this process, as the launcher counts.
  ///   - ranks: how many there are.
  ///   - folder: where ranks leave notes for each other; nil if it is not known that all see one.
  ///   - timeout: how long nothing may happen; no time at all watches nothing.
  ///   - action: what happens then.
  /// - Throws: `ThreadError` if there can be no thread.
  public init(
    rank: Int, of ranks: Int, folder: String?, timeout: TimeSpan, action: StallAction, logger: Logger
  ) throws(ThreadError) {
    heartbeat.enter(.starting, step: 0)
    guard timeout.seconds > 0 else {
      watchdog = nil
      return
    }
    let places = (0..<ranks).map { $0 == rank ? RankPlace.ofThisProcess : nil }
    watchdog = try Watchdog(
      heartbeat, rank: rank, of: places, timeout: timeout, action: action, folder: folder, logger: logger)
  }

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

  /// Runs what this rank does by itself: opening files, making a network.
  public func whileStarting<Result>(_ body: () throws -> Result) rethrows -> Result { try during(.starting, body) }

  /// Runs `body` on rank 0 and then on all others, so that what is wrong everywhere is said once.
  ///
  /// Collective: every rank must call this. If rank 0 throws, the others wait for it to abort the job.
  public func rankZeroFirst<Result>(of world: Communicator, _ body: () throws -> Result) throws -> Result {
    try whileStarting { try world.rankZeroFirst(heartbeat, body) }
  }

  /// Evaluates, watched.
  ///
  /// Collective: every rank must call this.
  public func evaluate(
    _ evaluator: Evaluator, onBatch: ((UnsafeBufferPointer<Float>, NetworkBatch) throws -> Void)? = nil
  ) throws -> EvaluationMetrics {
    try during(.evaluating) { try evaluator.evaluate(telling: { heartbeat.enter($0) }, onBatch: onBatch) }
  }

  /// Says that this rank is at its end.
  public func end() { heartbeat.enter(.ended) }

  private func during<Result>(_ phase: Heartbeat.Phase, _ body: () throws -> Result) rethrows -> Result {
    let before = heartbeat.moment.phase
    heartbeat.enter(phase)
    defer { heartbeat.enter(before) }
    return try body()
  }
}
