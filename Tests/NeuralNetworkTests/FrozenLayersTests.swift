import Foundation
import OneDNN
import Testing

@testable import NeuralNetwork

/// Networks of which some layers are frozen and all kernels have a penalty, against Keras: Golden/frozen.json, made by
/// make_frozen.py with Keras 3.15.1 on TensorFlow 2.21.0.
@Suite struct FrozenLayersTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let optimizer: Choice<OptimizerRegistry>
      let frozen: [Int]
      let losses: [Double]
      let final: [[Float]]
    }
    let x: [Float]
    let y: [Int32]
    let initial: [[Float]]
    let cases: [Case]
  }

  private static let golden = Result {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/frozen.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  private func model(_ layers: String...) throws -> ModelDescription {
    try JSONDecoder().decode(
      ModelDescription.self, from: Data(#"{"l2": 0.01, "layers": [\#(layers.joined(separator: ", "))]}"#.utf8))
  }

  /// Mean loss with penalties before the step, as Keras reports it.
  private func step(_ network: Network, _ optimizer: any Optimizer, _ update: Int, _ x: [Float], _ y: [Int32]) throws
    -> Double
  {
    let sums = try x.withUnsafeBufferPointer { images in
      try y.withUnsafeBufferPointer { labels in
        try network.load(NetworkBatch(images: images, labels: labels))
        return try network.forward()
      }
    }
    let sum = Slab(count: network.table.learningSlabCount)
    try network.backward(into: sum.floats)
    let penalty = network.average(sum: UnsafeBufferPointer(sum.floats), count: y.count).penalty
    network.update(learningRate: optimizer.learningRate, updates: update)
    return sums.loss / Double(y.count) + penalty
  }

  @Test(arguments: 0..<9) func threeStepsAsKeras(number: Int) throws {
    let golden = try Self.golden.get()
    try #require(golden.cases.count == 9)
    let (expected, optimizer) = (golden.cases[number], golden.cases[number].optimizer.value)
    let forms = [("relu", 5), ("tanh", 4), ("softmax", 3)].enumerated().map { index, form in
      #"{"Dense": {"units": \#(form.1), "activation": "\#(form.0)", "trainable": \#(!expected.frozen.contains(index))}}"#
    }
    let network = try Network(
      model(forms[0], forms[1], forms[2]), input: Shape([4]), loss: CategoricalCrossentropy(), optimizer: optimizer,
      on: Engine())
    for (entry, values) in zip(network.table.entries, golden.initial) {
      _ = network.parameters.floats.extracting(entry.range).update(fromContentsOf: values)
    }
    network.parametersChanged()
    for (update, loss) in expected.losses.enumerated() {
      let found = try step(network, optimizer, update, golden.x, golden.y)
      #expect(abs(found - loss) < 1e-5 * loss, "step \(update): \(found), Keras \(loss)")
    }
    for (entry, values) in zip(network.table.entries, expected.final) {
      let found = network.parameters.floats.extracting(entry.range)
      let difference = zip(found, values).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference < 1e-5, "\(entry.layerName)/\(entry.specification.name): off by \(difference)")
    }
  }

  private static let kinds = OptimizerRegistry.types.map { $0.kind } + ["clipnorm", "clipvalue", "global_clipnorm"]

  /// What is frozen stays as it is, wherever it stands and whatever updates the rest.
  @Test(arguments: kinds, 0..<5) func whatIsFrozenStays(kind: String, frozen: Int) throws {
    let isRule = !kind.hasPrefix("clip") && !kind.hasPrefix("global")
    let settings = isRule ? #"{"name": "\#(kind)"}"# : #"{"name": "sgd", "learning_rate": 0.1, "\#(kind)": 0.1}"#
    let optimizer = try JSONDecoder().decode(Choice<OptimizerRegistry>.self, from: Data(settings.utf8)).value
    let flag = { (index: Int) in frozen == index || frozen == 4 ? #", "trainable": false"# : "" }
    let description = try model(
      #"{"Conv2D": {"filters": 3, "kernel_size": 2\#(flag(0))}}"#,
      #"{"BatchNormalization": {"name": "b"\#(flag(1))}}"#,
      #"{"Residual": {"layers": [{"Conv2D": {"filters": 3, "kernel_size": 1\#(flag(2))}}]}}"#, #""Flatten""#,
      #"{"Dense": {"units": 3, "activation": "softmax"\#(flag(3))}}"#)
    let network = try Network(
      description, input: Shape([3, 3, 1]), loss: CategoricalCrossentropy(), optimizer: optimizer, on: Engine())
    network.table.initialize(network.parameters, seed: 1)
    let before = network.table.entries.map { Array(network.parameters.floats.extracting($0.range)) }
    let x = (0..<6 * 9).map { Float($0 * 7 % 17) / 17 }
    for update in 0..<3 { #expect(try step(network, optimizer, update, x, [0, 1, 2, 0, 1, 2]).isFinite) }
    for (entry, values) in zip(network.table.entries, before) {
      let isSame = Array(network.parameters.floats.extracting(entry.range)) == values
      #expect(isSame == (entry.specification.role == .frozen), "\(entry.layerName)/\(entry.specification.name)")
    }
  }
}
