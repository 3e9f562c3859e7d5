import Datasets
import NeuralNetwork
import Numerics

extension RunFolder {
  /// Makes sure, before there is a job, that one with these settings would go on with the run, and would have something to do.
  ///
  /// - Throws: ``CheckpointError`` that names a setting that may not change; ``RunFolderError`` if the run is complete.
  public func requireSomethingToTrain(with settings: TrainingConfiguration, on store: ImageStore) throws {
    guard let (file, bytes) = try CheckpointStore(folder: checkpointsFolder, keep: 1).newest(report: { _ in })
    else { return }
    let checkpoint = try Checkpoint(bytes: bytes, file: file)
    let layout = EpochLayout(
      samples: try store.split(.train).count, batchSize: settings.batchSize,
      shards: try VirtualShards(count: settings.virtualShards, ranks: 1))
    let orders = try WindowedOrder.orders(
      of: layout, store: store, window: settings.shuffleWindow, seed: UInt64(settings.seed))
    try checkpoint.check(
      fits: settings,
      storeFingerprint: TrainingSetup.fingerprint(of: store, settings.order == .sharded ? orders : []))
    guard isDone, checkpoint.progress.epoch >= settings.epochs else { return }
    throw RunFolderError(
      path: path, problem: "the run in it is complete, after \(Text.count(checkpoint.progress.epoch, "epoch"))",
      advice: "use a larger --epochs to train on, or another --output")
  }
}

extension TrainingConfiguration {
  /// Checks that model, loss and store go together, and that there are weights to start from, as training does it in the end.
  ///
  /// - Returns: what is to be said although they do; nil for nothing.
  /// - Throws: `ShapeError` or ``ConfigurationError`` that names what does not fit.
  public func check(fits store: ImageStore) throws -> String? {
    let split = try store.split(.train)
    let model = try modelDescription()
    if let initialWeights { try InitialWeights.check(initialWeights) }
    guard let output = try model.shapes(for: Shape(split.imageShape)).last else { return nil }
    let targets = TargetKind(split.labels)
    try loss.value.check(output: output, activation: model.outputActivation, targets: targets)
    return model.outputWarning(for: output, targets, of: store.path)
  }
}
