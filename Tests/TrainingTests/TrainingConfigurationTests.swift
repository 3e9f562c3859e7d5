import NeuralNetwork
import Testing

@testable import Training

@Suite struct TrainingConfigurationTests {
  private func read(_ yaml: String) throws -> TrainingConfiguration {
    try ConfigurationTree(yaml: yaml, from: "run.yaml").decode(TrainingConfiguration.self)
  }

  @Test func nothingIsTheDefault() throws {
    #expect(try read("").yaml() == TrainingConfiguration().yaml())
  }

  @Test func everyKeyIsReadAndWritten() throws {
    let yaml = """
      model:
        name: small
        l2: 0.25
        layers:
          - Flatten
          - Dense: {units: 10, activation: softmax}
      store: a.h5
      epochs: 7
      batch_size: 64
      virtual_shards: 5
      order: global
      seed: 9223372036854775807
      optimizer: {name: sgd, learning_rate: 1e-3, momentum: 0.9, nesterov: true}
      schedule: constant
      l2: 1e-05
      loss: categorical_crossentropy
      metrics: [accuracy, {name: top_k, k: 3}, {r2: {}}]
      early_stopping: {monitor: val_loss, patience: 4, min_delta: 0.01, below: 0.1, restore_best_weights: true}
      augmentation: {rotation_range: 15, horizontal_flip: true, random_crop: {padding: 4}}
      convolution: direct
      allreduce: tree-messages
      checkpoint: {every: 200 steps, keep: 5}
      log_every: 10
      """
    let configuration = try read(yaml)
    let sgd = try #require(configuration.optimizer.value as? SGD)
    #expect(sgd.learningRate == 0.001 && sgd.momentum == 0.9 && sgd.nesterov)
    #expect(configuration.augmentation?.rotationRange == 15 && configuration.augmentation?.cropPadding == 4)
    #expect(configuration.seed == .max && configuration.l2 == 0.00001)
    #expect(configuration.checkpoint.every == .steps(200) && configuration.checkpoint.keep == 5)
    #expect(configuration.order == .global && configuration.allreduce == .messages && configuration.logEvery == 10)
    #expect(try configuration.modelDescription().layers.count == 2)
    #expect(configuration.convolution == .direct)
    #expect(configuration.metrics.metrics.map(\.label) == ["accuracy", "top 3 accuracy", "r2"])
    let stopping = try #require(configuration.earlyStopping)
    #expect(stopping.monitor == "val_loss" && stopping.patience == 4 && stopping.minDelta == 0.01)
    #expect(stopping.below == 0.1 && stopping.above == nil && stopping.restoreBestWeights)
    let written = try configuration.yaml()
    #expect(try read(written).yaml() == written)
    #expect(written.contains("learning_rate: 0.001"), "numbers are written as people write them")
  }

  @Test(arguments: [
    ("epoch: 3", "unknown key 'epoch'; did you mean 'epochs'?"),
    ("epochs: 0", "epochs: expected a whole number from 1 up, found 0"),
    ("epochs: many", "epochs: expected a whole number"),
    ("order: random", "order: unknown value 'random'; known: sharded, global, stored"),
    ("convolution: winograd", "convolution: unknown value 'winograd'; known: auto, direct"),
    ("optimizer: {name: sgd, momentun: 1}", "optimizer: unknown key 'momentun'; did you mean 'momentum'?"),
    ("optimizer: adamant", "optimizer: unknown optimizer 'adamant'"),
    ("checkpoint: {every: soon}", "checkpoint.every: expected a time between checkpoints, found 'soon'"),
    ("l2: -1", "l2: expected a number from 0 up, found -1"),
    ("model: [{Dense: {unit: 3}}]", "model[0].Dense: unknown key 'unit'; did you mean 'units'?"),
    ("epochs: 4294967296", "epochs: expected a whole number of at most 4294967295, found 4294967296"),
    ("epochs: 1.5", "epochs: expected a whole number, found 1.5"),
    ("epochs: 99999999999999999999", "epochs: expected a whole number, found 1e+20"),
    ("epochs: many", "epochs: expected a whole number, found 'many'"),
    ("epochs: [3]", "epochs: expected a whole number, found a list"),
    ("batch_size: 1000000000000", "batch_size: expected a whole number of at most 2147483647, found 1000000000000"),
    ("virtual_shards: 4097", "virtual_shards: expected a whole number of at most 4096, found 4097"),
    ("seed: -1", "seed: expected a whole number from 0 up, found -1"),
    ("log_every: 9223372036854775807", "log_every: expected a whole number of at most"),
    ("checkpoint: {keep: 9223372036854775807}", "checkpoint.keep: expected a whole number of at most"),
    ("checkpoint: {keep: 0}", "checkpoint.keep: expected a whole number from 1 up, found 0"),
    ("checkpoint: {every: 999999999999999999m}", "checkpoint.every: expected a time between checkpoints, found"),
    ("l2: .nan", "l2: expected a number from 0 up, found nan"),
    ("l2: .inf", "l2: expected a number from 0 up, found inf"),
    ("optimizer: {name: sgd, learning_rate: .nan}", "optimizer.learning_rate: expected a number above 0, found nan"),
    ("optimizer: {name: sgd, momentum: .nan}", "optimizer.momentum: expected a number from 0 to 1, found nan"),
    ("optimizer: {learning_rate: 0.1}", "optimizer: the optimizer has no name; write name: …"),
    ("optimizer: {adamant: {beta_1: 1}}", "optimizer: unknown optimizer 'adamant'"),
    ("optimizer: 3", "optimizer: expected the name of a optimizer, or a mapping"),
    ("model: {l2: .nan, layers: [flatten]}", "model.l2: l2 must not be negative, found nan"),
    ("model: {layers: {}}", "model.layers: expected a list, found a mapping"),
    ("metrics: accuracy", "metrics: expected a list, found 'accuracy'"),
    ("metrics: [accuracy, precision]", "metrics[1]: unknown metric 'precision'"),
    ("metrics: [{top_k: {n: 1}}]", "metrics[0].top_k: unknown key 'n'"),
    ("metrics: [acc, accuracy]", "metrics: accuracy is there twice; name it once"),
    ("early_stopping: {}", "early_stopping: nothing says when to stop; write patience: 10"),
    ("early_stopping: {patience: -1}", "early_stopping.patience: expected a whole number from 0 up, found -1"),
    ("early_stopping: {below: .nan}", "early_stopping.below: expected a number that is finite, found nan"),
    (
      "early_stopping: {patience: 1, min_delta: -1}",
      "early_stopping.min_delta: expected a number from 0 up, found -1"
    ),
    ("early_stopping: {patience: 1, mode: min}", "early_stopping: unknown key 'mode'"),
    ("store: ''", "store: expected the path of an image store, found nothing"),
    ("store: 3", "store: expected a text, found 3"),
    ("3", "expected a mapping, found 3"),
  ])
  func errorsNamePlaceAndRemedy(yaml: String, text: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
    #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
  }

  /// A run that names no optimizer has a learning rate chosen for the digits; one that names it, Keras'.
  @Test func namedOptimizersHaveKerasDefaults() throws {
    #expect(try read("").optimizer.value.learningRate == 0.02)
    #expect(try read("optimizer: sgd").optimizer.value.learningRate == 0.01)
    #expect(try read("optimizer: {name: SGD, momentum: 0.5}").optimizer.value.learningRate == 0.01)
  }

  /// Nine lines that stand for a billion values.
  @Test(.timeLimit(.minutes(1))) func anchorsAreRefused() {
    var yaml = "a0: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\n"
    for level in 1...9 {
      let alias = "*a\(level - 1)"
      yaml += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
    }
    let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
    #expect(
      error?.description == "run.yaml: line 1: anchors and aliases are not read; write the value out",
      "\(error?.description ?? "")")
  }

  /// Characters that mean an anchor elsewhere, in values that are written over several lines too.
  @Test func whatOnlyLooksLikeAnAnchorIsRead() throws {
    let store = "/data/" + String(repeating: "Fish & Chips * ", count: 12) + "/store.h5"
    var configuration = TrainingConfiguration()
    configuration.store = store
    #expect(try read(configuration.yaml()).store == store)
    #expect(try read("store: a &b *c\nepochs: 2").store == "a &b *c")
    #expect(try read("store: 'a:\n  &b'").store == "a: &b")
    for yaml in ["? &a epochs\n: 1", "epochs:\n  &a 1", "epochs: !!int &a 1", "{epochs: *a}", "? *a\n: 1"] {
      let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
      #expect(error?.description.contains("anchors and aliases are not read") == true, "\(error as Any)")
    }
  }

  @Test(arguments: ["[", "- ", "{a: ", "? "]) func whatIsNestedTooDeepIsRefused(opening: String) {
    for count in [1000, 100_000] {
      let error = #expect(throws: ConfigurationError.self) { try read(String(repeating: opening, count: count)) }
      // Of some openings libyaml itself finds the end of what it takes, and counts lines otherwise.
      let words = "lists and mappings are nested more than 128 deep; write them flat"
      #expect(error?.description.hasPrefix("run.yaml: line ") == true && error?.description.hasSuffix(words) == true)
    }
  }

  @Test func modelsInFilesOfKerasAreJSON() throws {
    #expect(try ModelSource.parse(json: #"["flatten"]"#, from: "a.h5").layers.count == 1)
    for text in ["- flatten", "[&a flatten]", "", #"["flatten", 1e999]"#] {
      let error = #expect(throws: ConfigurationError.self) { try ModelSource.parse(json: text, from: "a.h5") }
      #expect(error?.description.hasPrefix("a.h5: not JSON") == true, "\(error?.description ?? "")")
    }
    let error = #expect(throws: ConfigurationError.self) {
      try ModelSource.parse(json: #"[{"Dense": {"units": 1e30}}]"#, from: "a.h5")
    }
    #expect(error?.description == "a.h5: [0].Dense.units: expected a whole number, found 1e+30")
  }

  @Test func brokenYAMLNamesTheFile() {
    let error = #expect(throws: ConfigurationError.self) { try read("epochs: [3\nstore: {") }
    #expect(error?.description.hasPrefix("run.yaml: ") == true)
  }

  @Test(arguments: [
    ("5", CheckpointInterval.epochs(5)), ("1 epoch", .epochs(1)), ("200 steps", .steps(200)), ("200steps", .steps(200)),
    ("10m", .seconds(600)), ("90s", .seconds(90)), ("2h", .seconds(7200)),
    ("2147483647h", .seconds(3600 * 2_147_483_647)),
    ("0", nil), ("-1", nil), ("m", nil), ("3 weeks", nil), ("", nil),
    ("2147483647m", .seconds(60 * 2_147_483_647)), ("2147483648m", nil), ("999999999999999999m", nil),
    ("99999999999999999999", nil),
  ])
  func intervals(text: String, expected: CheckpointInterval?) {
    #expect(CheckpointInterval(text) == expected)
    // A run file holds the description.
    if let expected { #expect(CheckpointInterval(expected.description) == expected) }
  }

  @Test func settingPathsMakesAndKeepsMappings() {
    var tree = ConfigurationTree()
    tree.set("optimizer", to: .string("sgd"))
    tree.set("optimizer.momentum", to: ConfigurationTree.value("0.9"))
    tree.set("checkpoint.keep", to: ConfigurationTree.value("7"))
    #expect(tree.value(at: "optimizer.name") == .string("sgd"))
    #expect(tree.value(at: "optimizer.momentum") == .double(0.9))
    #expect(tree.value(at: "checkpoint.keep") == .int(7))
    #expect(tree.value(at: "checkpoint.every") == nil)
  }
}
