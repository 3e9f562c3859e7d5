import Foundation
import OneDNN
import Testing

@testable import NeuralNetwork

/// Optimizers, schedules and initializers against Keras' own: Golden/optimizers.json, made by make_optimizers.py with Keras
/// 3.15.1 on TensorFlow 2.21.0.
@Suite struct KerasOptimizersTests {
  struct Golden: Decodable {
    struct Trajectory: Decodable {
      let losses: [Double]
      let final: [[Float]]
    }
    struct Schedules: Decodable {
      struct Case: Decodable {
        let schedule: Choice<ScheduleRegistry>
        let rates: [Double]
      }
      let learning_rate: Double
      let steps: [Int]
      let cases: [Case]
    }
    let x: [Float]
    let y: [Int32]
    let initial: [[Float]]
    let optimizers: [String: Trajectory]
    let schedules: Schedules
    let initializers: [Choice<InitializerRegistry>]
  }

  /// The optimizers of the same file, in Keras' form.
  struct Configurations: Decodable {
    let optimizers: [String: Choice<OptimizerRegistry>]
    let defaults: [String: Choice<OptimizerRegistry>]
  }

  static func read<T: Decodable>(_ type: T.Type) throws -> T {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/optimizers.json")
    return try JSONDecoder().decode(type, from: Data(contentsOf: url))
  }

  static let names = [
    "sgd", "sgd_momentum", "sgd_nesterov", "rmsprop", "rmsprop_momentum", "rmsprop_centered",
    "rmsprop_centered_momentum", "adam", "adam_amsgrad", "adamw", "adagrad", "adadelta", "sgd_clipnorm",
    "sgd_global_clipnorm", "sgd_clipvalue", "adam_global_clipnorm",
  ]

  @Test func everyTrajectoryIsCompared() throws {
    #expect(Set(try Self.read(Golden.self).optimizers.keys) == Set(Self.names))
  }

  /// Twenty steps of a small network with Keras' data and weights, the optimizer read from Keras' own settings.
  @Test(arguments: names)
  func trajectory(name: String) throws {
    let golden = try Self.read(Golden.self)
    let expected = try #require(golden.optimizers[name])
    let optimizer = try #require(try Self.read(Configurations.self).optimizers[name]).value
    let model = ModelDescription(
      name: "model",
      layers: [
        Dense(units: 5, activation: .tanh, kernelRegularizer: Regularizer(l2: 0.01)),
        Dense(units: 3, activation: .softmax),
      ])
    let network = try Network(
      model, input: Shape([7]), loss: CategoricalCrossentropy(), optimizer: optimizer, on: Engine())
    for (entry, values) in zip(network.table.entries, golden.initial) {
      _ = network.parameters.floats.extracting(entry.range).update(fromContentsOf: values)
    }
    network.parametersChanged()
    let sum = Slab(count: network.table.slabCount)
    for (update, expectedLoss) in expected.losses.enumerated() {
      let sums = try golden.x.withUnsafeBufferPointer { images in
        try golden.y.withUnsafeBufferPointer { labels in
          try network.load(NetworkBatch(images: images, labels: labels))
          return try network.forward()
        }
      }
      try network.backward(into: sum.floats)
      let penalty = network.average(sum: UnsafeBufferPointer(sum.floats), count: golden.y.count).penalty
      network.update(learningRate: optimizer.learningRate, updates: update)
      let loss = sums.loss / Double(golden.y.count) + penalty
      #expect(abs(loss - expectedLoss) < 1e-5 * expectedLoss, "step \(update): \(loss), Keras \(expectedLoss)")
    }
    for (entry, values) in zip(network.table.entries, expected.final) {
      let found = network.parameters.floats.extracting(entry.range)
      let difference = zip(found, values).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference < 1e-5, "\(entry.layerName)/\(entry.specification.name): off by \(difference)")
    }
  }

  /// Keras writes its rates as Float32.
  @Test func defaultsAreKeras() throws {
    let defaults = try Self.read(Configurations.self).defaults
    #expect(defaults.count == OptimizerRegistry.types.count - 1)
    for (name, keras) in defaults {
      let ours = try OptimizerTests.read("\"\(name)\"")
      var theirs = keras.value
      #expect(abs(theirs.learningRate - ours.learningRate) < 1e-9)
      theirs.learningRate = ours.learningRate
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      #expect(try encoder.encode(theirs) == encoder.encode(ours), "\(name)")
    }
  }

  /// Keras computes rates in Float32: 1e-6 of the rate is allowed, and 1e-7 near zero.
  @Test func schedules() throws {
    let golden = try Self.read(Golden.self).schedules
    for (index, example) in golden.cases.enumerated() {
      for (step, rate) in zip(golden.steps, example.rates) {
        let factor = example.schedule.value.factor(afterUpdates: step, batchSize: 100)
        #expect(abs(factor * golden.learning_rate - rate) < 1e-6 * rate + 1e-7, "schedule \(index), step \(step)")
      }
    }
  }

  @Test func initializersAreReadFromKerasForm() throws {
    let kinds = try Self.read(Golden.self).initializers.map { ($0.value as any Registered).kerasForm }.map {
      type(of: $0).kind
    }
    // Keras' files with the last two are read by EvaluateTests.
    #expect(
      Set(kinds).union(["PlainUniform", "Orthogonal", "Identity"]) == Set(InitializerRegistry.types.map { $0.kind }))
  }
}
