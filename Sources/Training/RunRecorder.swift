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
  /// The settings as checkpoints have them; making the text takes longer than many a step.
  private let settings: String
  private let checkpoints: CheckpointStore
  private let writer: CheckpointWriter
  /// The parameters epoch by epoch; nil if they are not recorded.
  private let parameters: ParameterLog?
  private var lock: RunLock?
  private var metrics: MetricsLog?
  private var lastCheckpoint = ContinuousClock.now
  /// Where training was at the last checkpoint; nil if there is none.
  private var lastProgress: TrainingProgress?
  /// The best epoch's checkpoint while it is in memory only; it is written with the next one that is due.
  private var best: Checkpoint?
  /// Whether there is nothing left to do, and so nothing to write.
  private var isComplete = false

  init(
    _ folder: RunFolder, _ configuration: TrainingConfiguration, storeFingerprint: String, parameters: ParameterLog?
  ) throws {
    self.folder = folder
    self.configuration = configuration
    settings = try configuration.decidingTheResult().yaml()
    self.storeFingerprint = storeFingerprint
    self.parameters = parameters
    checkpoints = CheckpointStore(folder: folder.checkpointsFolder, keep: configuration.checkpoint.keep)
    writer = CheckpointWriter(into: checkpoints)
  }

  /// Makes the folder, writes the settings and opens the metrics; what a killed run wrote after `progress` is removed.
  ///
  /// A run that is complete already, or was stopped early, is left as it is. One that is trained on is not done until it
  /// is done again: job scripts look for the file.
  ///
  /// - Throws: ``RunLockError`` if another process is at it, ``RunFolderError`` if one has begun a run there since we looked.
  func start(from progress: TrainingProgress, isStopped: Bool) throws {
    isComplete = folder.isDone && (progress.epoch == configuration.epochs || isStopped)
    guard !isComplete else { return }
    try folder.create()
    lock = try folder.lock ?? RunLock(folder: folder.path)
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
    lastProgress = progress.updates > 0 ? progress : nil
  }

  func record(_ step: StepMetrics) throws {
    try writer.check()
    try parameters?.record(step)
    let isLogged = configuration.logEvery > 0 && step.step % configuration.logEvery == 0
    if isLogged || step.hashes != nil { try metrics?.append(step) }
  }

  func record(_ epoch: EpochMetrics) throws { try metrics?.append(epoch) }

  /// Has a checkpoint written if it is time; training goes on meanwhile.
  ///
  /// It is asked after every step, and again when an epoch is evaluated and logged.
  func checkpointIfDue(_ state: TrainingState, epochIsComplete: Bool) throws {
    let progress = state.progress
    let isDue =
      switch configuration.checkpoint.every {
      case .epochs(let count): epochIsComplete && progress.epoch % count == 0
      case .steps(let count): !epochIsComplete && progress.updates % count == 0
      case .seconds(let count): ContinuousClock.now - lastCheckpoint >= .seconds(count)
      }
    if isDue {
      try write(state)
    } else if epochIsComplete && !isComplete && progress.best?.updates == progress.updates {
      best = checkpoint(of: state)
    }
  }

  /// Makes sure that there is a checkpoint of where training stops before its end; nothing is done, and there is no model.
  ///
  /// - Throws: `FileWriteError` if it, or the one before, could not be written.
  func stop(_ state: TrainingState) throws {
    guard !isComplete else { return }
    if lastProgress != state.progress { try write(state) }
    try writer.wait()
  }

  /// Writes the last checkpoint, the model, and the sign that training is complete.
  ///
  /// The checkpoint is where training would go on; the model is that, or the best epoch's.
  func finish(_ state: TrainingState, _ reasonToStop: String?) throws {
    guard !isComplete else { return }
    try write(state, asModel: true)
    try writer.wait()
    let (epochs, steps) = (state.progress.epoch, state.progress.updates)
    let end = "\(epochs) \(epochs == 1 ? "epoch" : "epochs"), \(steps) \(steps == 1 ? "step" : "steps")"
    try AtomicFile.write(Array((end + (reasonToStop.map { ": \($0)" } ?? "") + "\n").utf8), to: folder.doneFile)
  }

  private func checkpoint(of state: TrainingState) -> Checkpoint {
    Checkpoint(
      of: state.network, bestParameters: state.bestParameters, progress: state.progress, configuration: settings,
      storeFingerprint: storeFingerprint)
  }

  private func write(_ state: TrainingState, asModel: Bool = false) throws {
    // The best one first: a checkpoint that names it finds it on the disk.
    let checkpoints = [best.flatMap { $0.progress == state.progress ? nil : $0 }, checkpoint(of: state)]
    let logs = [metrics?.file, parameters?.file]
    try writer.write(
      CheckpointWriter.Order(
        logs: logs.compactMap { $0 }, checkpoints: checkpoints.compactMap { $0 },
        modelFile: asModel ? folder.modelFile : nil))
    best = nil
    lastCheckpoint = .now
    lastProgress = state.progress
  }
}

/// What training has come to: all that a checkpoint holds and that settings do not say.
struct TrainingState {
  let network: Network
  let progress: TrainingProgress
  /// The parameters of the best epoch; nil if they are not kept, or no epoch is complete.
  let bestParameters: Slab?
}
