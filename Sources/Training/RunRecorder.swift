import Glibc
import HDF5
import NeuralNetwork

/// Writes what a run leaves behind: metrics, checkpoints, the model at the end.
///
/// Rank 0 only has one.
final class RunRecorder {
  private let folder: RunFolder
  private let configuration: TrainingConfiguration
  private let storeFingerprint: String
  private let checkpoints: CheckpointStore
  /// The parameters epoch by epoch; nil if they are not recorded.
  private let parameters: ParameterLog?
  private var lock: RunLock?
  private var metrics: MetricsLog?
  private var lastCheckpoint = ContinuousClock.now
  /// Whether there is nothing left to do, and so nothing to write.
  private var isComplete = false

  init(
    _ folder: RunFolder, _ configuration: TrainingConfiguration, storeFingerprint: String, parameters: ParameterLog?
  ) {
    self.folder = folder
    self.configuration = configuration
    self.storeFingerprint = storeFingerprint
    self.parameters = parameters
    checkpoints = CheckpointStore(folder: folder.checkpointsFolder, keep: configuration.checkpoint.keep)
  }

  /// Makes the folder, writes the settings and opens the metrics; what a killed run wrote after `progress` is removed.
  ///
  /// A run that is complete already, or was stopped early, is left as it is. One that is trained on is not done until it
  /// is done again: job scripts look for the file.
  ///
  /// - Throws: ``RunFolderError`` if another process is at it, or has begun a run there since we looked.
  func start(from progress: TrainingProgress, isStopped: Bool) throws {
    isComplete = folder.isDone && (progress.epoch == configuration.epochs || isStopped)
    guard !isComplete else { return }
    try folder.create()
    lock = try RunLock(folder: folder.path)
    if !folder.isResumed { try folder.requireNoRun() }
    try folder.prepare()
    unlink(folder.doneFile)
    checkpoints.setAside(newerThan: progress.updates)
    try AtomicFile.write(Array(configuration.yaml().utf8), to: folder.configurationFile)
    metrics = try MetricsLog(folder.metricsFile, continuingFrom: progress)
    if let parameters {
      try parameters.start(folder.parametersFile, from: progress)
    } else {
      try ParameterLog.remove(from: folder.parametersFile, after: progress)
    }
    lastCheckpoint = .now
  }

  func record(_ step: StepMetrics) throws {
    try parameters?.record(step)
    guard configuration.logEvery > 0, step.step % configuration.logEvery == 0 else { return }
    try metrics?.append(step)
  }

  func record(_ epoch: EpochMetrics) throws { try metrics?.append(epoch) }

  /// Writes a checkpoint if it is time.
  ///
  /// It is asked after every step, and again when an epoch is evaluated and logged.
  func checkpointIfDue(_ state: TrainingState, epochIsComplete: Bool) throws {
    let progress = state.progress
    let isDue =
      switch configuration.checkpoint.every {
      case .epochs(let count): epochIsComplete && progress.epoch % count == 0
      case .steps(let count): !epochIsComplete && progress.updates % count == 0
      case .minutes(let count): ContinuousClock.now - lastCheckpoint >= .seconds(60 * count)
      }
    if isDue { try write(checkpoint(of: state)) }
  }

  /// Writes the last checkpoint, the model, and the sign that training is complete.
  ///
  /// The checkpoint is where training would go on; the model is that, or the best epoch's.
  func finish(_ state: TrainingState, _ reasonToStop: String?) throws {
    guard !isComplete else { return }
    let last = try checkpoint(of: state)
    let bytes = try write(last)
    try AtomicFile.write(last.withBestParameters()?.bytes() ?? bytes, to: folder.modelFile)
    let end = "\(state.progress.epoch) epochs, \(state.progress.updates) steps"
    try AtomicFile.write(Array((end + (reasonToStop.map { ": \($0)" } ?? "") + "\n").utf8), to: folder.doneFile)
  }

  /// Writes a checkpoint of where training stops early; nothing is done, and there is no model yet.
  func stop(_ state: TrainingState) throws {
    guard !isComplete else { return }
    try write(checkpoint(of: state))
  }

  private func checkpoint(of state: TrainingState) throws -> Checkpoint {
    try Checkpoint(
      of: state.network, bestParameters: state.bestParameters, progress: state.progress, configuration: configuration,
      storeFingerprint: storeFingerprint)
  }

  @discardableResult
  private func write(_ checkpoint: Checkpoint) throws -> [UInt8] {
    defer { lastCheckpoint = .now }
    try parameters?.synchronize()
    return try checkpoints.write(checkpoint)
  }
}

/// What training has come to: all that a checkpoint holds and that settings do not say.
struct TrainingState {
  let network: Network
  let progress: TrainingProgress
  /// The parameters of the best epoch; nil if they are not kept, or no epoch is complete.
  let bestParameters: Slab?
}
