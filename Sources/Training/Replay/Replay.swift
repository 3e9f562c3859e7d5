import HDF5
import Logging
import MPI
import NeuralNetwork
import Numerics

/// One step of a recorded run, computed again on one rank and compared with what the run has logged.
///
/// The sum over virtual shards is the same to the bit on any number of ranks, so a difference is no matter of rounding: a
/// processor or memory was wrong, then or now, or program, settings or samples are no longer the same.
public struct Replay: Sendable {
  /// The step, counted from 1 over the whole training.
  public let step: Int
  /// What the run has logged.
  public let logged: StepHashes
  /// What was computed now.
  public let found: StepHashes
  /// The checkpoint that the computation began from; nil if it was the beginning of training.
  public let checkpoint: String?
  /// The updates made between the checkpoint and the step.
  public let updates: Int
  /// Whether settings that decide the result have been changed since the checkpoint, in a later part of the run.
  public let settingsHaveChanged: Bool

  /// Computes step `step` of the run in `folder`, from the newest undamaged checkpoint before it.
  ///
  /// Nothing is written.
  ///
  /// - Parameters:
  ///   - world: a single rank.
  ///   - onStep: called after every step that is computed on the way.
  /// - Throws: ``ReplayError`` if the run has no hash of the step; what ``Trainer`` throws of settings, store and checkpoint.
  public init(
    of step: Int, in folder: RunFolder, world: Communicator, logger: Logger, onStep: ((StepMetrics) -> Void)? = nil
  ) throws {
    try folder.requireRun(advice: "name the folder of a run")
    let configuration = try Self.configuration(of: folder)
    logged = try Self.logged(step, folder.metricsFile)
    let store = CheckpointStore(folder: folder.checkpointsFolder, keep: 1)
    let start = try store.newest(before: step) { logger.warning("\($0)") }
      .map { try Checkpoint(bytes: $0.bytes, file: $0.path) }
    let trainer = try Trainer(configuration, world: world, folder: nil, logger: logger)
    trainer.shouldStop = { [unowned trainer] _ in trainer.progress.updates + 1 >= step ? .request : nil }
    var found: StepHashes?
    trainer.onStep = { metrics in
      if metrics.step == step { found = metrics.hashes }
      onStep?(metrics)
    }
    try trainer.train(from: start)
    try trainer.free()
    guard let found else {
      throw ReplayError("training ends before step \(step) now", folder.path, advice: "its settings have changed")
    }
    self.step = step
    self.found = found
    checkpoint = start?.file
    updates = step - 1 - (start?.progress.updates ?? 0)
    settingsHaveChanged = try start.map { $0.configuration != (try configuration.decidingTheResult().yaml()) } ?? false
  }

  /// Whether the step is the same to the bit.
  public var isSame: Bool { found == logged }

  private static func configuration(of folder: RunFolder) throws -> TrainingConfiguration {
    let file = folder.configurationFile
    let text = String(decoding: try FileReadError.contents(of: file, upTo: FileReadError.textLimit), as: UTF8.self)
    var configuration = try ConfigurationTree(yaml: text, from: file).decode(TrainingConfiguration.self)
    guard configuration.allreduce != .mpi else {
      throw ConfigurationError(
        "with allreduce: mpi the sums depend on the number of ranks, and one rank cannot repeat them", at: file,
        advice: "use allreduce: tree, the default, in runs that are to be replayed")
    }
    configuration.checkEvery = 1
    configuration.recordParameters = false
    return configuration
  }

  private static func logged(_ step: Int, _ file: String) throws -> StepHashes {
    let all = try MetricsLog.hashes(in: file)
    if let hashes = all[step] { return hashes }
    let known = all.keys.sorted()
    guard let nearest = known.min(by: { abs($0 - step) < abs($1 - step) }) else {
      throw ReplayError(
        "it has hashes of no step", file,
        advice: "they are written every hundredth step, or as --check-every says: train with a smaller number")
    }
    throw ReplayError(
      "it has no hash of step \(step)", file,
      advice: "there are \(known.count), of steps \(known[0]) to \(known[known.count - 1]); the nearest is \(nearest)")
  }
}

/// A step that cannot be replayed.
public struct ReplayError: Error, Sendable, CustomStringConvertible {
  private let problem: String, place: String, advice: String

  fileprivate init(_ problem: String, _ place: String, advice: String) {
    self.problem = problem
    self.place = place
    self.advice = advice
  }

  /// One line: where, what, and what to do.
  public var description: String { "\(place): \(problem); \(advice)" }
}

/// A step that is not what the run has logged of it.
public struct ReplayDifference: Error, Sendable, CustomStringConvertible {
  private let replay: Replay

  /// Says what differs in `replay`, which must not be the same.
  public init(_ replay: Replay) { self.replay = replay }

  /// What differs, and where the fault must lie.
  public var description: String {
    let (logged, found) = (replay.logged, replay.found)
    let hasSameParameters = logged.parameters == found.parameters
    let what =
      hasSameParameters
      ? "its gradients have the hash \(Text.hexadecimal(found.gradients)), logged is \(Text.hexadecimal(logged.gradients))"
      : "the parameters before it have the hash \(Text.hexadecimal(found.parameters)), logged is "
        + Text.hexadecimal(logged.parameters)
    let advice =
      replay.settingsHaveChanged
      ? "the run went on with other settings after \(replay.checkpoint ?? "the beginning"): replay a step of the last part"
      : hasSameParameters
        ? "one of the two is wrong: a processor, memory or the samples were not in order, then or now"
        : "the fault lies before: replay earlier steps"
    return "step \(replay.step) is not what the run has logged: \(what); \(advice)"
  }
}
