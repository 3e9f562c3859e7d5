import ArgumentParser
import HDF5
import NeuralNetwork
import Training

/// The settings of a run as flags: each is a key of the run file, and stronger than the file.
struct TrainingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A run file (YAML or JSON) to take settings from.", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "The network: \(CourseModels.names), a model file (.yaml, .json, Keras' .h5), or a list of layers.",
      valueName: "name|file|layers"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Start from the weights of this file: Keras' .h5 or .weights.h5, or a checkpoint.", valueName: "file"))
  var initialWeights: String?

  @Option(help: ArgumentHelp("The image store (HDF5). Default: datasets/digits.h5.", valueName: "file"))
  var store: String?

  @OptionGroup var samples: SampleOptions

  @Option(help: "Passes over the training images. Default: 100.")
  var epochs: NumberOrRange<Int>?

  @Option(help: "Samples in a step, over all ranks. Default: 100.")
  var batchSize: NumberOrRange<Int>?

  @Option(
    help: ArgumentHelp(
      "The rule that updates the parameters, with Keras' defaults: \(OptimizerRegistry.names).", valueName: "name"))
  var optimizer: String?

  @Option(help: "The step size. Default: Keras' for the --optimizer that is named (sgd: 0.01), 0.02 if none is.")
  var learningRate: NumberOrRange<Double>?

  @Option(help: "The L2 penalty on every kernel whose layer names none. Default: the model's; digits has 0.01.")
  var l2: NumberOrRange<Double>?

  @Option(
    help: ArgumentHelp(
      "How the learning rate changes: \(ScheduleRegistry.names); settings by --set schedule.decay_steps=1000.",
      valueName: "name"))
  var schedule: String?

  @Option(help: ArgumentHelp("What training makes small: \(LossRegistry.names).", valueName: "name"))
  var loss: String?

  @Option(
    help: ArgumentHelp(
      "What is measured after every epoch: \(MetricRegistry.names). Default: what suits the loss.",
      valueName: "name,name"))
  var metrics: String?

  @Option(help: "Stop after so many epochs without improvement of validation_loss, or of early_stopping.monitor.")
  var patience: Int?

  @Option(
    help: ArgumentHelp(
      "Stop when validation_loss, or what early_stopping.monitor names, is below this.", valueName: "value"))
  var stopBelow: Double?

  @Option(
    help: "The units of work that ranks share, at least the number of ranks. Changes the exact result. Default: 8.")
  var virtualShards: Int?

  @Option(
    help: ArgumentHelp(
      "The order of samples: sharded (each shard shuffles its part), global (all are shuffled), stored.",
      valueName: "order"))
  var order: String?

  @Option(
    help: ArgumentHelp(
      "How much of a large split a shuffle mixes at a time, over all shards: 64M, 1G. Changes the exact result. Default: 64M.",
      valueName: "memory"))
  var shuffleWindow: String?

  @Option(help: "What all random numbers follow from. Default: 0.")
  var seed: Int?

  @Option(
    help: ArgumentHelp(
      "How convolutions are computed: auto (chosen by shape), direct. Changes the exact result. Default: auto.",
      valueName: "kernels"))
  var convolution: String?

  @Option(
    help: ArgumentHelp(
      "How gradients are summed: tree, tree-messages (without shared memory), mpi (MPI_Allreduce; other bits).",
      valueName: "method"))
  var allreduce: String?

  @Option(
    help: ArgumentHelp(
      "The memory of a rank for samples, such as 512M; what does not fit is read while training, with the same bits. Default: half of the machine's, divided by its ranks.",
      valueName: "memory"))
  var memoryPerRank: String?

  @Option(
    help: ArgumentHelp(
      "The time between checkpoints: 5 (epochs), '200 steps', 90s, 10m, 2h. Default: 10m.", valueName: "time"))
  var checkpointEvery: String?

  @Option(help: "How many checkpoints are kept. Default: 3.")
  var checkpointKeep: Int?

  @Option(help: "Write the loss of every so many steps to metrics.jsonl; 0: epochs only. Default: 0.")
  var logEvery: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Write parameters, gradients and outputs after every epoch to parameters.jsonl; for at most 60 parameters.")
  var recordParameters: Bool?

  @Option(
    help:
      "Compare the ranks' parameters every so many steps, and write hashes for cnn-dist replay; 0: never. Default: 100."
  )
  var checkEvery: Int?

  @Option(
    help: ArgumentHelp(
      "When the loss or a gradient is no finite number: stop, skip (the step changes nothing), ignore. Default: stop.",
      valueName: "what"))
  var nonFinite: String?

  @Option(
    help: ArgumentHelp(
      "Name the rank that hangs after so long without a step; 0: never. Default: 5m.", valueName: "time")
  )
  var stallTimeout: String?

  @Option(help: ArgumentHelp("When a rank hangs: report, abort (exit code 70). Default: report.", valueName: "what"))
  var onStall: String?

  @Option(
    help: ArgumentHelp(
      "Any key of the run file, such as optimizer.momentum=0.9; may be repeated.", valueName: "key=value"))
  var set: [String] = []

  /// Watches the job until its training or sweep does so itself, as the flags say; the run file is not read yet.
  ///
  /// - Throws: ``ConfigurationError`` if they cannot be, `ThreadError` if there can be no thread.
  func watchStart() throws -> JobWatch {
    var tree = ConfigurationTree()
    if let stallTimeout { tree.set("stall_timeout", to: .string(stallTimeout)) }
    if let onStall { tree.set("on_stall", to: .string(onStall)) }
    let said = try tree.decode(TrainingConfiguration.self)
    return try StartWatch.begin(timeout: said.stallTimeout, action: said.onStall)
  }

  /// Lays the flags over the run file, or over the settings of the run that is resumed.
  ///
  /// - Throws: ``ConfigurationError`` and ``FileReadError`` with the place.
  func resolve(resuming folder: RunFolder?) throws -> TrainingConfiguration {
    if let range = ranges.first {
      throw ConfigurationError(
        "a training takes one number, found '\(range.values)'", at: range.setting,
        advice: "cnn-dist sweep trains one network for each of several")
    }
    let file = config ?? folder?.settingsToResume
    return try resolve(tree(over: file), file)
  }

  /// The settings that are given as several numbers, for a sweep to try, by their paths.
  var ranges: [(setting: String, values: String)] {
    [
      ("optimizer.learning_rate", learningRate?.range), ("l2", l2?.range), ("batch_size", batchSize?.range),
      ("epochs", epochs?.range),
    ].compactMap { setting, values in values.map { (setting, $0) } }
  }

  /// The paths of the settings that are given as one value.
  var fixed: [String] {
    let numbers = [
      ("optimizer.learning_rate", learningRate?.number != nil), ("l2", l2?.number != nil),
      ("batch_size", batchSize?.number != nil), ("epochs", epochs?.number != nil),
    ]
    return numbers.filter(\.1).map(\.0) + set.compactMap { $0.split(separator: "=").first.map(String.init) }
  }

  /// The keys and values of a file, with the flags laid over them.
  ///
  /// - Throws: ``ConfigurationError`` and ``FileReadError`` with the place.
  func tree(over file: String?) throws -> ConfigurationTree {
    let tree =
      try file.map {
        try ConfigurationTree(yaml: GivenFile.text(of: $0, expected: "the settings of a run (YAML or JSON)"), from: $0)
      } ?? ConfigurationTree()
    // What is no mapping would be lost under the first setting that is laid over it.
    if let file, !tree.isMapping {
      throw ConfigurationError("expected keys and values", at: file, advice: "write one 'key: value' a line")
    }
    return try self.tree(over: tree)
  }

  /// The keys and values of `tree`, with the flags laid over them.
  func tree(over tree: ConfigurationTree) throws -> ConfigurationTree {
    var tree = tree
    apply(to: &tree)
    for setting in set {
      guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
        throw ConfigurationError("expected key=value, found '\(setting)'", at: "--set")
      }
      tree.set(
        String(setting[..<equals]), to: ConfigurationTree.value(String(setting[setting.index(after: equals)...])))
    }
    return tree
  }

  /// Gives the settings their types, reads the file of the model, finds the store.
  ///
  /// - Parameter file: where the settings are from, for messages.
  func resolve(_ tree: ConfigurationTree, _ file: String?) throws -> TrainingConfiguration {
    var tree = tree
    if case .string(let name) = tree.value(at: "model"),
      ModelSource.isFile(name) || ModelSource.isWrittenOut(name)
    {
      tree.set("model", to: .null)
      var configuration = try decode(tree, file)
      configuration.model = try ModelSource(nameOrFile: name)
      return try resolved(configuration)
    }
    if case .string(let name) = tree.value(at: "model"), RunFolder(name).hasConfiguration {
      throw ConfigurationError(
        "expected a model, found the folder of a run, '\(name)'", at: "model",
        advice: "name its model.h5: --model takes the layers, --initial-weights the weights")
    }
    let configuration = try decode(tree, file)
    _ = try configuration.modelDescription()
    return try resolved(configuration)
  }

  private func apply(to tree: inout ConfigurationTree) {
    func set(_ path: String, _ value: ConfigurationValue?) { if let value { tree.set(path, to: value) } }
    set("model", model.map { .string($0) })
    set("initial_weights", initialWeights.map { .string($0) })
    set("store", store.map { .string($0) })
    set("images", samples.datasets.images.map { .string($0) })
    set("labels", samples.datasets.labels.map { .string($0) })
    set("validation_store", samples.validationStore.map { .string($0) })
    set("validation_fraction", samples.validationFraction.map { .double($0) })
    set("epochs", epochs?.number.map { .int($0) })
    set("batch_size", batchSize?.number.map { .int($0) })
    // An optimizer that is named takes Keras' defaults; naming the one that is there changes nothing.
    if tree.value(at: "optimizer.name") != optimizer.map({ .string($0.lowercased()) }) {
      set("optimizer", optimizer.map { .mapping(["name": .string($0)]) })
    }
    if tree.value(at: "optimizer") == nil { tree.set("optimizer", to: Self.defaultOptimizer) }
    set("optimizer.learning_rate", learningRate?.number.map { .double($0) })
    set("l2", l2?.number.map { .double($0) })
    set("schedule", schedule.map { .string($0) })
    set("loss", loss.map { ConfigurationTree.value($0) })
    if tree.value(at: "loss") == nil {
      tree.set("loss", to: .string(type(of: TrainingConfiguration().loss.value).kind))
    }
    set("metrics", metrics.map { MetricList.value($0) })
    set("early_stopping.patience", patience.map { .int($0) })
    set("early_stopping.below", stopBelow.map { .double($0) })
    set("virtual_shards", virtualShards.map { .int($0) })
    set("order", order.map { .string($0) })
    set("shuffle_window", shuffleWindow.map { .string($0) })
    set("seed", seed.map { .int($0) })
    set("convolution", convolution.map { .string($0) })
    set("allreduce", allreduce.map { .string($0) })
    set("memory_per_rank", memoryPerRank.map { .string($0) })
    set("checkpoint.every", checkpointEvery.map { .string($0) })
    set("checkpoint.keep", checkpointKeep.map { .int($0) })
    set("log_every", logEvery.map { .int($0) })
    set("record_parameters", recordParameters.map { .bool($0) })
    set("check_every", checkEvery.map { .int($0) })
    set("non_finite", nonFinite.map { .string($0) })
    set("stall_timeout", stallTimeout.map { .string($0) })
    set("on_stall", onStall.map { .string($0) })
  }

  private static var defaultOptimizer: ConfigurationValue {
    .mapping(["name": .string("sgd"), "learning_rate": .double(TrainingConfiguration().optimizer.value.learningRate)])
  }

  private func decode(_ tree: ConfigurationTree, _ file: String?) throws -> TrainingConfiguration {
    for (key, what, flag) in [("layers", "a model", "--model"), ("axes", "a sweep", "--sweep")] {
      guard let file, tree.value(at: key) != nil else { continue }
      throw ConfigurationError("expected the settings of a run, found \(what)", at: file, advice: "\(flag) takes it")
    }
    do {
      return try tree.decode(TrainingConfiguration.self)
    } catch var error as ConfigurationError {
      if let file { error.stands(in: file) }
      throw error
    }
  }

  private func resolved(_ configuration: TrainingConfiguration) throws -> TrainingConfiguration {
    var configuration = configuration
    configuration.storeSelection = try StoreSearch.files(of: configuration.storeSelection)
    configuration.l2 = try configuration.modelDescription().l2
    return configuration
  }
}
