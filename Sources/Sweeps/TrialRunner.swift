import Logging
import MPI
import NeuralNetwork
import Reports
import Training

/// Trains trials on one group of ranks, one after the other.
///
/// What trials have in common is made once: the samples in memory, compiled networks.
final class TrialRunner {
  private let group: Communicator
  private let groupNumber: Int
  private let samples: SharedSamples
  private let networks: NetworkCache
  private let logger: Logger
  private let stallFolder: String

  /// - Parameters:
  ///   - group: the ranks that train together.
  ///   - stallFolder: where they leave notes for each other when training hangs.
  init(group: Communicator, number: Int, samples: SharedSamples, logger: Logger, stallFolder: String) throws {
    self.stallFolder = stallFolder
    self.group = group
    groupNumber = number
    self.samples = samples
    self.logger = logger
    networks = try NetworkCache()
  }

  /// How far a trial has come when it pauses.
  struct Pause {
    let checkpoint: Checkpoint
    fileprivate let curve: [TrialRecord.Epoch]
    fileprivate let seconds: Double
    fileprivate let trainingSeconds: Double
    fileprivate let images: Double
  }

  /// How a trial has come out.
  enum Outcome {
    /// It has ended, and this is what the journal is to say.
    case ended(TrialRecord)
    /// It waits at a rung.
    case paused(Pause)
    /// The job is to stop; the trial is begun anew in another.
    case interrupted(StopReason)
  }

  /// What is to happen to a trial after an epoch.
  enum Verdict: Equatable {
    case goOn
    case pause
    case stop(String)
  }

  /// Trains a trial to its end, or until `judge` says otherwise.
  ///
  /// Collective: every rank of the group must call this, with the same arguments.
  ///
  /// - Parameters:
  ///   - pause: where the trial waits; nil begins it.
  ///   - judge: asked after every epoch, on every rank; must say the same on all.
  ///   - shouldStop: asked in every step, on every rank; one that says so is enough.
  ///   - onBatch: called after every step, and after every batch of an evaluation.
  /// - Throws: ``TrialError`` with what ends the sweep: `MPIError`, replicas that differ, and errors that may have hit one
  ///   rank of several alone, of which the others cannot be told.
  func run(
    _ trial: Trial, key: String, from pause: Pause? = nil, judge: @escaping (EpochMetrics) throws -> Verdict,
    shouldStop: @escaping (Duration) -> StopReason?,
    onBatch: @escaping () throws -> Void
  ) throws -> Outcome {
    let begin = ContinuousClock.now
    var record = try record(of: trial, key: key, after: pause)
    var images = pause?.images ?? 0
    let openWindows = group.openWindowCount
    var trainer: Trainer?
    do {
      let new = try self.trainer(trial.configuration)
      trainer = new
      new.shouldStop = shouldStop
      var pauses = false
      new.onStep = { [group] step in
        var hasNumber = step.loss.isFinite || step.isSkipped
        // `MPI_Allreduce` need not give all ranks the same sums, and they must not go separate ways.
        if trial.configuration.allreduce == .mpi, group.size > 1 {
          hasNumber = try group.allreduce(maximum: hasNumber ? 0 : 1) == 0
        }
        guard hasNumber else { throw Divergence(step) }
        try onBatch()
      }
      new.onEvaluationBatch = onBatch
      new.onEpoch = { [unowned new] epoch in
        record.curve.append(TrialRecord.Epoch(epoch))
        record.trainingSeconds += epoch.seconds
        images += epoch.seconds * epoch.imagesPerSecond
        switch try judge(epoch) {
        case .goOn: break
        case .pause:
          pauses = true
          new.pause()
        case .stop(let reason):
          record.outcome = .stopped
          record.reason = reason
          new.stop(because: reason)
        }
      }
      try new.train(from: pause?.checkpoint)
      if let reason = new.stopReason {
        try new.free()
        return .interrupted(reason)
      }
      if pauses {
        let checkpoint = try new.checkpoint()
        try new.free()
        return .paused(
          Pause(
            checkpoint: checkpoint, curve: record.curve, seconds: record.seconds + Self.seconds(since: begin),
            trainingSeconds: record.trainingSeconds, images: images))
      }
      if record.outcome == .completed { record.reason = new.reasonToStop }
      try evaluate(new, into: &record)
    } catch let divergence as Divergence {
      record.outcome = .diverged
      record.reason = divergence.description
      if let trainer { try evaluate(trainer, into: &record) }
    } catch let error as NonFiniteNumber {
      record.outcome = .diverged
      record.reason = "\(error)"
      if let trainer { try evaluate(trainer, into: &record) }
    } catch {
      guard error.followsFromSettings || group.size == 1 && !(error is MPIError) else {
        throw TrialError(trial: trial.number, error: error, isFirstOfGroup: group.rank == 0)
      }
      record.outcome = .failed
      record.reason = "\(error)"
    }
    try trainer?.free()
    // A trainer that could not be made has left what it had.
    try group.freeWindows(after: openWindows)
    close(&record, images: images)
    record.seconds += Self.seconds(since: begin)
    return .ended(record)
  }

  /// What the journal says of a trial that waits and is not continued.
  ///
  /// Collective: every rank of the group must call this, with the same arguments.
  func end(_ trial: Trial, key: String, at pause: Pause, because reason: String) throws -> TrialRecord {
    // A training that has nothing left to do: the network of the checkpoint is evaluated.
    var record = try self.record(of: trial, key: key, after: pause)
    var configuration = trial.configuration
    configuration.epochs = pause.checkpoint.progress.epoch
    let trainer = try self.trainer(configuration)
    try trainer.train(from: pause.checkpoint)
    record.outcome = .stopped
    record.reason = reason
    try evaluate(trainer, into: &record)
    try trainer.free()
    close(&record, images: pause.images)
    return record
  }

  private func trainer(_ configuration: TrainingConfiguration) throws -> Trainer {
    var configuration = configuration
    // Other groups are on this machine too.
    configuration.memoryPerRank = configuration.memoryPerRank ?? samples.memoryLeftPerRank
    // A trial that diverges is a result: the runner notes it and goes on with the next.
    if configuration.nonFinite == .stop { configuration.nonFinite = .ignore }
    let isShared = configuration.storeSelection == samples.selection
    return try Trainer(
      configuration, world: group, folder: nil, logger: logger, sharing: isShared ? samples : nil, networks: networks,
      stallFolder: stallFolder)
  }

  private func record(of trial: Trial, key: String, after pause: Pause?) throws -> TrialRecord {
    TrialRecord(
      key: key, trial: trial.number, point: Dictionary(uniqueKeysWithValues: zip(trial.axes, trial.point)),
      seed: trial.configuration.seed, outcome: .completed, epochs: 0, curve: pause?.curve ?? [],
      seconds: pause?.seconds ?? 0, trainingSeconds: pause?.trainingSeconds ?? 0, imagesPerSecond: 0,
      group: groupNumber, finished: "", configuration: try trial.configuration.yaml())
  }

  /// Evaluates the network on both splits; one whose loss is no number has diverged in its last update.
  private func evaluate(_ trainer: Trainer, into record: inout TrialRecord) throws {
    record.training = TrialRecord.numbers(of: try trainer.evaluate(.train))
    if let split = trainer.setup.validation?.split {
      record.validation = TrialRecord.numbers(of: try trainer.evaluate(split))
    }
    // Where samples without numbers are skipped, they spoil no parameter; evaluated they are none the less.
    guard record.outcome != .diverged, record.training["loss"] == nil, trainer.configuration.nonFinite != .skip else {
      return
    }
    record.outcome = .diverged
    record.reason = "the loss of the trained network is no number"
  }

  private func close(_ record: inout TrialRecord, images: Double) {
    record.epochs = record.curve.count
    record.imagesPerSecond = record.trainingSeconds > 0 ? images / record.trainingSeconds : 0
    record.finished = UTCTime.now
  }

  private static func seconds(since begin: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - begin) / .seconds(1)
  }
}

/// What has gone wrong in a trial and ends the sweep.
public struct TrialError: Error, CustomStringConvertible {
  /// The trial's number, from 1.
  public let trial: Int
  /// What has gone wrong.
  public let error: any Error
  /// Whether this is the first rank of the group that trained it: of what all ranks of a group have met, it speaks.
  public let isFirstOfGroup: Bool

  /// Names the trial.
  public var description: String { "trial \(trial): \(error)" }
}

/// The loss of a step that is no number any more.
private struct Divergence: Error, CustomStringConvertible {
  let description: String

  init(_ step: StepMetrics) {
    description = "the loss is \(step.loss.isNaN ? "nan" : "\(step.loss)") at step \(step.step), in epoch \(step.epoch)"
  }
}

extension Error {
  /// Whether the error follows from the settings alone, so that every rank of a group meets it at the same place.
  fileprivate var followsFromSettings: Bool {
    self is ConfigurationError || self is ShapeError || self is VirtualShardsError || self is ReplicaError
  }
}

extension TrialRecord {
  /// What people look at first: the accuracy on the split that was validated on, or else what there is.
  ///
  /// Nil for what has diverged or failed: its numbers mean nothing.
  var score: Double? {
    guard isCandidate else { return nil }
    return validation["accuracy"] ?? validation["loss"] ?? training["accuracy"] ?? training["loss"]
  }

  /// What ``score`` is.
  var scoreName: String { (validation.isEmpty ? training : validation)["accuracy"] != nil ? "accuracy" : "loss" }

  /// The numbers of an evaluation under the names of `metrics.jsonl`; what is no number is left out.
  fileprivate static func numbers(of metrics: EvaluationMetrics?) -> [String: Double] {
    guard let metrics else { return [:] }
    var numbers = ["loss": metrics.loss]
    for result in metrics.results { numbers[result.name] = result.value.number }
    return numbers.filter(\.value.isFinite)
  }
}

extension TrialRecord.Epoch {
  init(_ metrics: EpochMetrics) {
    func finite(_ number: Double?) -> Double? { number.flatMap { $0.isFinite ? $0 : nil } }
    self.init(
      epoch: metrics.epoch, loss: finite(metrics.loss), accuracy: finite(metrics.accuracy),
      validationLoss: finite(metrics.validation?.loss), validationAccuracy: finite(metrics.validation?["accuracy"]))
  }
}
