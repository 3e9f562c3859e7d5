import Datasets
import FoundationEssentials
import HDF5
import MPI
import NeuralNetwork
import Numerics

extension Checkpoint {
  /// Reads the newest undamaged checkpoint of a run on rank 0 and hands it to all ranks; nil if there is none yet.
  ///
  /// Collective: every rank of `world` must call this.
  ///
  /// - Parameter report: told, on rank 0, of every damaged checkpoint that is passed over.
  /// - Throws: ``CheckpointError``, ``FileReadError`` or `HDF5Error` with the file's name.
  public static func newest(in folder: RunFolder, on world: Communicator, report: (String) -> Void) throws
    -> Checkpoint?
  {
    var path = ""
    var bytes: [UInt8] = []
    if world.rank == 0 {
      let store = CheckpointStore(folder: folder.checkpointsFolder, keep: 1)
      (path, bytes) = try store.newest(report: report) ?? ("", [])
    }
    path = try world.broadcast(path, from: 0)
    bytes = try world.broadcast(bytes, from: 0)
    return path.isEmpty ? nil : try Checkpoint(bytes: bytes, file: path)
  }

  /// Checks that training with these settings would continue what the checkpoint began.
  ///
  /// Free to change are what does not decide which sample is seen when: epochs, learning rate, schedule, penalty,
  /// logging, checkpoints, the way of reducing, memory.
  ///
  /// - Throws: ``CheckpointError`` that names the setting and both values.
  func check(
    fits settings: TrainingConfiguration, storeFingerprint: String, network: Network, layout: EpochLayout
  ) throws {
    try check(fits: settings, storeFingerprint: storeFingerprint)
    try check("input shape", inputShape, network.inputShape)
    try check("number of layers", model.layers.count, network.model.layers.count)
    for number in model.layers.indices {
      let (written, asked) = Self.difference(
        try Self.form(ofLayer: number, model), try Self.form(ofLayer: number, network.model))
      try check("layer \(number + 1), \(model.layers[number].name ?? "")", written, asked)
    }
    try checkProgress(layout)
    let (epochs, isWithin) = (progress.epoch + (progress.step > 0 ? 1 : 0), progress.step > 0)
    guard epochs <= settings.epochs else {
      throw CheckpointError(
        (isWithin
          ? "it is within epoch \(epochs), \(progress.step) of \(layout.steps) steps"
          : "it has \(Text.count(epochs, "epoch")) behind it")
          + ", asked for are \(settings.epochs)", file: file, advice: "use --epochs \(epochs) or more")
    }
  }

  /// Checks the settings and the store, for which no network is needed.
  ///
  /// - Throws: ``CheckpointError`` that names the setting and both values.
  func check(fits settings: TrainingConfiguration, storeFingerprint: String) throws {
    let mine = try ConfigurationTree(yaml: configuration, from: file).decode(TrainingConfiguration.self)
    try check("virtual_shards", mine.virtualShards, settings.virtualShards)
    try check("batch_size", mine.batchSize, settings.batchSize)
    try check("order", mine.order, settings.order)
    if settings.order == .sharded { try check("shuffle_window", mine.shuffleWindow, settings.shuffleWindow) }
    try check("seed", mine.seed, settings.seed)
    try checkAugmentation(mine, settings)
    try check("convolution", mine.convolution.rawValue, settings.convolution.rawValue)
    // Two optimizers may keep slots of one name and mean different things by them.
    try check("optimizer", type(of: mine.optimizer.value).kind, type(of: settings.optimizer.value).kind)
    try check("images", mine.images ?? "found by name", settings.images ?? "found by name")
    try check("labels", mine.labels ?? "found by name", settings.labels ?? "found by name")
    try check("validation_fraction", mine.validationFraction ?? 0, settings.validationFraction ?? 0)
    try check("store", String(self.storeFingerprint.prefix(16)), String(storeFingerprint.prefix(16)))
    try check("loss", try Self.name(of: mine.loss), try Self.name(of: settings.loss))
  }

  /// Checks that what ends training is what it was trained with.
  ///
  /// With other rules it might have ended earlier, or kept another epoch's parameters: what is there is not what they make.
  ///
  /// - Parameters:
  ///   - end: why training with `rules` would have ended before or here; nil if it would not.
  ///   - isOver: whether no epoch is left.
  /// - Throws: ``CheckpointError`` that names both rules.
  func check(rules: EarlyStoppingConfiguration?, end: String?, isOver: Bool) throws {
    guard end != nil || isOver else { return }
    let mine = try earlyStopping
    guard mine != rules else { return }
    throw CheckpointError(
      "it was trained with early_stopping \(try Self.text(of: mine)), asked for is \(try Self.text(of: rules)), "
        + (end.map { "with which training ends before or here: \($0)" } ?? "and nothing is left to train with it"),
      file: file, advice: "resume with the same, or with what lets training go on, or start a run in another folder")
  }

  /// The rules that ended training until now; nil for none.
  var earlyStopping: EarlyStoppingConfiguration? {
    get throws {
      try ConfigurationTree(yaml: configuration, from: file).decode(TrainingConfiguration.self).earlyStopping
    }
  }

  /// Checks that images are augmented alike: within an epoch all must be, and a checkpoint may stand within one.
  private func checkAugmentation(_ mine: TrainingConfiguration, _ settings: TrainingConfiguration) throws {
    guard mine.augmentation != settings.augmentation else { return }
    try check("augmentation", try Self.text(of: mine.augmentation), try Self.text(of: settings.augmentation))
  }

  /// A loss by its name, and its settings if it has any.
  private static func name(of loss: Choice<LossRegistry>) throws -> String {
    let written = try JSONDecoder().decode(ConfigurationValue.self, from: encoder.encode(loss))
    guard case .mapping(let form) = written else { return "" }
    let settings = form.filter { $0.key != "name" }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return ([type(of: loss.value).kind] + settings).joined(separator: ", ")
  }

  private static func text(of settings: (some Encodable)?) throws -> String {
    try settings.map { String(decoding: try encoder.encode($0), as: UTF8.self) } ?? "none"
  }

  /// Checks that the numbers belong together: a file with a right checksum may still have been made by hand.
  private func checkProgress(_ layout: EpochLayout) throws {
    let seen = (0..<layout.steps).prefix(max(0, progress.step)).reduce(0) { $0 + layout.count(ofStep: $1) }
    guard (0...Int(UInt32.max)).contains(progress.epoch), (0...layout.steps).contains(progress.step),
      progress.updates == progress.epoch * layout.steps + progress.step, isPossible(progress.totals, ofSamples: seen),
      (0...min(NonFinitePolicy.mostInARow, progress.updates)).contains(progress.skippedInARow),
      progress.best.map({ isPossible($0, layout) }) ?? true,
      progress.earlyStopping.map({ isPossible($0) }) ?? true
    else {
      throw CheckpointError(
        "its progress makes no sense: epoch \(progress.epoch), step \(progress.step), \(Text.count(progress.updates, "update")), "
          + "\(Text.count(progress.totals.count, "sample"))", file: file, advice: "use another one")
    }
  }

  private func isPossible(_ totals: EpochTotals, ofSamples seen: Int) -> Bool {
    (0...seen).contains(totals.count) && (0...totals.count).contains(totals.correct)
      && totals.skipped == seen - totals.count
  }

  private func isPossible(_ best: BestEpoch, _ layout: EpochLayout) -> Bool {
    best.epoch >= 1 && best.epoch <= progress.epoch && best.updates == best.epoch * layout.steps
      && best.value.isFinite
  }

  private func isPossible(_ stopping: EarlyStoppingState) -> Bool {
    stopping.bestEpoch >= 1 && stopping.bestEpoch <= progress.epoch
      && stopping.wait == progress.epoch - stopping.bestEpoch
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  /// A layer with all its settings but the penalties, and whether it is frozen.
  private static func form(ofLayer number: Int, _ model: ModelDescription) throws -> [String: ConfigurationValue] {
    let layer = model.layers[number]
    let written = try encoder.encode(Choice<LayerRegistry>(layer.withoutPenalties))
    guard case .mapping(let form) = try JSONDecoder().decode(ConfigurationValue.self, from: written) else { return [:] }
    var settings: [String: ConfigurationValue] = ["class": form["class_name"] ?? .null]
    if case .mapping(let config) = form["config"] { settings.merge(config) { $1 } }
    settings["trainable"] = .bool(!model.frozen.contains(layer.name ?? ""))
    return settings
  }

  /// What of two layers' settings is not the same, each as text; twice nothing if all is.
  private static func difference(_ left: [String: ConfigurationValue], _ right: [String: ConfigurationValue]) -> (
    String, String
  ) {
    let keys = Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted()
    func text(_ settings: [String: ConfigurationValue]) -> String {
      keys.map { key in
        let value = (try? encoder.encode(settings[key] ?? .null)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return "\(key) \(value)"
      }.joined(separator: ", ")
    }
    return (text(left), text(right))
  }

  private func check<T: Equatable>(_ name: String, _ written: T, _ asked: T) throws {
    guard written != asked else { return }
    throw CheckpointError(
      "it was trained with \(name) \(written), asked for is \(asked)", file: file,
      advice: "resume with the same, or start a run in another folder")
  }
}

extension Checkpoint.Platform: CustomStringConvertible {
  /// All of them, `cnn-dist 0.1.0, oneDNN 2.6.3, AVX-512`.
  public var description: String { "cnn-dist \(program), oneDNN \(oneDNN), \(instructionSet)" }
}
