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
      allreduce: tree-messages
      checkpoint: {every: 200 steps, keep: 5}
      log_every: 10
      """
    let configuration = try read(yaml)
    let sgd = try #require(configuration.optimizer.value as? SGD)
    #expect(sgd.learningRate == 0.001 && sgd.momentum == 0.9 && sgd.nesterov)
    #expect(configuration.seed == .max && configuration.l2 == 0.00001)
    #expect(configuration.checkpoint.every == .steps(200) && configuration.checkpoint.keep == 5)
    #expect(configuration.order == .global && configuration.allreduce == .messages && configuration.logEvery == 10)
    #expect(try configuration.modelDescription().layers.count == 2)
    let written = try configuration.yaml()
    #expect(try read(written).yaml() == written)
    #expect(written.contains("learning_rate: 0.001"), "numbers are written as people write them")
  }

  @Test(arguments: [
    ("epoch: 3", "unknown key 'epoch'; did you mean 'epochs'?"),
    ("epochs: 0", "epochs: expected a whole number from 1 up, found 0"),
    ("epochs: many", "epochs: expected a whole number"),
    ("order: random", "order: unknown value 'random'; known: sharded, global, stored"),
    ("optimizer: {name: sgd, momentun: 1}", "optimizer: unknown key 'momentun'; did you mean 'momentum'?"),
    ("optimizer: adamant", "optimizer: unknown optimizer 'adamant'"),
    ("checkpoint: {every: soon}", "checkpoint.every: expected a time between checkpoints, found 'soon'"),
    ("l2: -1", "l2: expected a number from 0 up, found -1"),
    ("model: [{Dense: {unit: 3}}]", "model[0].Dense: unknown key 'unit'; did you mean 'units'?"),
  ])
  func errorsNamePlaceAndRemedy(yaml: String, text: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
    #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
  }

  @Test func brokenYAMLNamesTheFile() {
    let error = #expect(throws: ConfigurationError.self) { try read("epochs: [3\nstore: {") }
    #expect(error?.description.hasPrefix("run.yaml: ") == true)
  }

  @Test(arguments: [
    ("5", CheckpointInterval.epochs(5)), ("1 epoch", .epochs(1)), ("200 steps", .steps(200)), ("200steps", .steps(200)),
    ("10m", .minutes(10)), ("0", nil), ("-1", nil), ("m", nil), ("3 weeks", nil), ("", nil),
  ])
  func intervals(text: String, expected: CheckpointInterval?) { #expect(CheckpointInterval(text) == expected) }

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
