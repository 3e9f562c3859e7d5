import FoundationEssentials
import HDF5
import NeuralNetwork

/// Writing and reading a checkpoint as the bytes of an HDF5 file.
extension Checkpoint {
  private static let format = "cnn-dist checkpoint"
  private static let formatVersion = 1

  /// The file, built in memory: libhdf5 never sees a full disk, and whoever writes the bytes checks every write.
  func bytes() throws -> [UInt8] {
    let file = try File.inMemory(name: "checkpoint")
    let table = try model.parameterTable(for: inputShape)
    try writeModel(to: file)
    try writeWeights(table, to: file)
    try writeTraining(table, to: file)
    return try file.image()
  }

  /// Reads what ``bytes()`` has written.
  ///
  /// - Throws: ``CheckpointError`` or `HDF5Error` with the file's name.
  init(bytes: [UInt8], file name: String) throws {
    let file = try File(image: bytes, name: name)
    guard try file.exists("training"), try file.hasAttribute("format", of: "training"),
      try file.attribute("format", of: "training", as: String.self) == Self.format
    else {
      throw CheckpointError(
        "not a checkpoint of cnn-dist", file: name, advice: "a Keras model can be evaluated, not resumed")
    }
    let version = try file.attribute("version", of: "training", as: Int.self)
    guard version == Self.formatVersion else {
      throw CheckpointError(
        "its format is version \(version), expected \(Self.formatVersion)", file: name,
        advice: "use the program that wrote it")
    }
    self.file = name
    let trained = try TrainedModel(file)
    model = trained.model
    inputShape = trained.inputShape
    parameters = trained.parameters
    configuration = try file.attribute("configuration", of: "training", as: String.self)
    storeFingerprint = try file.attribute("store_fingerprint", of: "training", as: String.self)
    platform = Platform(
      program: try file.attribute("program_version", of: "training", as: String.self),
      oneDNN: try file.attribute("onednn_version", of: "training", as: String.self),
      instructionSet: try file.attribute("instruction_set", of: "training", as: String.self))
    progress = TrainingProgress()
    progress.epoch = try file.attribute("epoch", of: "training", as: Int.self)
    progress.step = try file.attribute("step", of: "training", as: Int.self)
    progress.updates = try file.attribute("updates", of: "training", as: Int.self)
    progress.totals.loss = try file.attribute("epoch_loss_sum", of: "training", as: Double.self)
    progress.totals.correct = try file.attribute("epoch_correct", of: "training", as: Int.self)
    progress.totals.count = try file.attribute("epoch_count", of: "training", as: Int.self)
    if try file.hasAttribute("epoch_skipped", of: "training") {
      progress.totals.skipped = try file.attribute("epoch_skipped", of: "training", as: Int.self)
    }
    if try file.hasAttribute("skipped_in_a_row", of: "training") {
      progress.skippedInARow = try file.attribute("skipped_in_a_row", of: "training", as: Int.self)
    }
    progress.earlyStopping = try Self.earlyStopping(of: file)
    progress.best = try Self.best(of: file)
    let table = try model.parameterTable(for: inputShape)
    if try file.exists("training/best") {
      bestParameters = try Self.values(of: file, table.entries, at: Self.bestPath)
    }
    slots = []
    for name in try file.attribute("optimizer_slots", of: "training", as: [String].self) {
      slots.append((name, try Self.values(of: file, table.trainable) { Self.slotPath(name, $0) }))
    }
  }

  // MARK: What Keras reads

  private func writeModel(to file: borrowing File) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let kerasModel = String(decoding: try encoder.encode(KerasModel(model, input: inputShape)), as: UTF8.self)
    let settings = try ConfigurationTree(yaml: configuration, from: "checkpoint").decode(TrainingConfiguration.self)
    let keras = try KerasTrainingConfiguration(
      loss: settings.loss.value, optimizer: settings.optimizer.value, schedule: settings.schedule.value,
      batchSize: settings.batchSize)
    try file.writeAttribute("model_config", kerasModel, of: "/")
    try file.writeAttribute("training_config", keras.json, of: "/")
    try file.writeAttribute("backend", "tensorflow", of: "/")
    try file.writeAttribute("keras_version", Self.kerasVersion, of: "/")
  }

  /// The version whose file format this is.
  private static let kerasVersion = "3.0.0"

  private func writeWeights(_ table: ParameterTable, to file: borrowing File) throws {
    let graph = try KerasGraph(model, input: inputShape)
    let root = TrainedModel.weightsGroup
    try file.createGroup(root)
    try file.writeAttribute("layer_names", graph.nodes.map(\.name), of: root)
    try file.writeAttribute("backend", "tensorflow", of: root)
    try file.writeAttribute("keras_version", Self.kerasVersion, of: root)
    for node in graph.nodes {
      let group = "\(root)/\(node.name)"
      try file.createGroup(group)
      for weight in node.weights {
        guard let index = table.index(of: weight) else { continue }
        try file.write(
          parameters[index], shape: table.entries[index].specification.shape,
          to: TrainedModel.path(of: weight, in: node, model))
      }
      if node.weights.isEmpty {
        try file.writeEmptyAttribute("weight_names", of: group)
      } else {
        try file.writeAttribute(
          "weight_names", node.weights.map { TrainedModel.name(of: $0, in: node, model) }, of: group)
      }
    }
    try file.createGroup("\(root)/top_level_model_weights")
    try file.writeEmptyAttribute("weight_names", of: "\(root)/top_level_model_weights")
  }

  // MARK: What resuming reads

  private static func slotPath(_ slot: String, _ entry: ParameterTable.Entry) -> String {
    "training/optimizer/\(slot)/\(entry.layerName)/\(entry.specification.name)"
  }

  private static func bestPath(_ entry: ParameterTable.Entry) -> String {
    "training/best/\(entry.layerName)/\(entry.specification.name)"
  }

  private static func earlyStopping(of file: borrowing File) throws -> EarlyStoppingState? {
    guard try file.hasAttribute("early_stopping_monitor", of: "training") else { return nil }
    return EarlyStoppingState(
      monitor: try file.attribute("early_stopping_monitor", of: "training", as: String.self),
      best: try file.attribute("early_stopping_best", of: "training", as: Double.self),
      bestEpoch: try file.attribute("early_stopping_best_epoch", of: "training", as: Int.self),
      wait: try file.attribute("early_stopping_wait", of: "training", as: Int.self),
      last: try file.attribute("early_stopping_last", of: "training", as: Double.self))
  }

  private func write(_ earlyStopping: EarlyStoppingState, to file: borrowing File) throws {
    try file.writeAttribute("early_stopping_monitor", earlyStopping.monitor, of: "training")
    try file.writeAttribute("early_stopping_best", earlyStopping.best, of: "training")
    try file.writeAttribute("early_stopping_best_epoch", earlyStopping.bestEpoch, of: "training")
    try file.writeAttribute("early_stopping_wait", earlyStopping.wait, of: "training")
    try file.writeAttribute("early_stopping_last", earlyStopping.last, of: "training")
  }

  private static func best(of file: borrowing File) throws -> BestEpoch? {
    guard try file.hasAttribute("best_monitor", of: "training") else { return nil }
    return BestEpoch(
      monitor: try file.attribute("best_monitor", of: "training", as: String.self),
      value: try file.attribute("best_value", of: "training", as: Double.self),
      epoch: try file.attribute("best_epoch", of: "training", as: Int.self),
      updates: try file.attribute("best_updates", of: "training", as: Int.self))
  }

  private func write(_ best: BestEpoch, to file: borrowing File) throws {
    try file.writeAttribute("best_monitor", best.monitor, of: "training")
    try file.writeAttribute("best_value", best.value, of: "training")
    try file.writeAttribute("best_epoch", best.epoch, of: "training")
    try file.writeAttribute("best_updates", best.updates, of: "training")
  }

  private func writeTraining(_ table: ParameterTable, to file: borrowing File) throws {
    let group = "training"
    try file.createGroup(group)
    try file.writeAttribute("format", Self.format, of: group)
    try file.writeAttribute("version", Self.formatVersion, of: group)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var described = model
    described.inputShape = inputShape
    try file.writeAttribute(
      TrainedModel.modelAttribute, String(decoding: encoder.encode(described), as: UTF8.self), of: group)
    try file.writeAttribute("configuration", configuration, of: group)
    try file.writeAttribute("store_fingerprint", storeFingerprint, of: group)
    try file.writeAttribute("program_version", platform.program, of: group)
    try file.writeAttribute("onednn_version", platform.oneDNN, of: group)
    try file.writeAttribute("instruction_set", platform.instructionSet, of: group)
    try file.writeAttribute("epoch", progress.epoch, of: group)
    try file.writeAttribute("step", progress.step, of: group)
    try file.writeAttribute("updates", progress.updates, of: group)
    try file.writeAttribute("epoch_loss_sum", progress.totals.loss, of: group)
    try file.writeAttribute("epoch_correct", progress.totals.correct, of: group)
    try file.writeAttribute("epoch_count", progress.totals.count, of: group)
    try file.writeAttribute("epoch_skipped", progress.totals.skipped, of: group)
    if progress.skippedInARow > 0 {
      try file.writeAttribute("skipped_in_a_row", progress.skippedInARow, of: group)
    }
    try file.writeAttribute("optimizer_slots", slots.map(\.name), of: group)
    if let earlyStopping = progress.earlyStopping { try write(earlyStopping, to: file) }
    if let best = progress.best { try write(best, to: file) }
    for (entry, values) in zip(table.entries, bestParameters ?? []) {
      try file.write(values, shape: entry.specification.shape, to: Self.bestPath(entry))
    }
    for slot in slots {
      for (entry, values) in zip(table.trainable, slot.values) {
        try file.write(values, shape: entry.specification.shape, to: Self.slotPath(slot.name, entry))
      }
    }
  }

  private static func values(
    of file: borrowing File, _ entries: [ParameterTable.Entry], at path: (ParameterTable.Entry) -> String
  ) throws -> [[Float]] {
    var all: [[Float]] = []
    for entry in entries {
      let dataset = try file.dataset(at: path(entry))
      try TrainedModel.check(dataset.shape, entry, path(entry), file.name)
      all.append(try dataset.values(as: Float.self))
    }
    return all
  }
}
