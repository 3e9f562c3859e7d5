import FoundationEssentials
import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

/// What every registered layer must do, on each of its own examples.
@Suite struct LayerContractTests {
  static let examples = LayerRegistry.layers.flatMap { $0.examples }
  static let batchSize = 3

  @Test func everyLayerHasExamples() {
    for layer in LayerRegistry.layers { #expect(!layer.examples.isEmpty, "\(layer.kind) has no examples") }
  }

  @Test(arguments: examples)
  func survivesFiles(example: LayerExample) throws {
    for isFrozen in [false, true] {
      let written = try JSONEncoder.sorted.encode(LayerForm(example.layer, isFrozen: isFrozen))
      let read = try JSONDecoder().decode(Choice<LayerRegistry>.self, from: written)
      #expect(try JSONEncoder.sorted.encode(LayerForm(read.value, isFrozen: isFrozen)) == written)
      #expect(type(of: read.value) == type(of: example.layer))
      #expect(try read.value.outputShape(for: example.input) == example.layer.outputShape(for: example.input))
    }
  }

  @Test(arguments: examples)
  func planHasTheDescribedShape(example: LayerExample) throws {
    let bench = try LayerBench(example, batchSize: Self.batchSize)
    let shape = try example.layer.outputShape(for: example.input)
    #expect(bench.plan.output.descriptor.dimensions == [Self.batchSize, shape.channels] + shape.spatial)
  }

  /// Central differences of a random linear function of the output, in steps of 2^-9.
  ///
  /// Rounding makes them wrong by about 1e-6 / h = 5e-4. Where the one-sided differences disagree by more than 1 % of the
  /// largest gradient there is a kink (ReLU, maximum) and nothing is compared; a smaller kink, or curvature, is off by half
  /// of that at the most. So 6e-3 of the largest gradient is allowed, and half of the places must be smooth.
  @Test(arguments: examples)
  func gradientsMatchFiniteDifferences(example: LayerExample) throws {
    let bench = try LayerBench(example, batchSize: Self.batchSize)
    try bench.run()
    try bench.plan.backward()
    let inputGradient = try #require(bench.inputGradient)
    let step: Float = 0x1p-9
    var checks: [(name: String, values: UnsafeMutableBufferPointer<Float>, gradients: [Float])] = [
      ("input", bench.input.floats, try bench.plainValues(inputGradient, like: bench.input))
    ]
    for entry in bench.table.trainable {
      checks.append(
        (
          entry.specification.name, bench.values.floats.extracting(entry.range),
          Array(bench.gradients.floats.extracting(entry.range))
        ))
    }
    for (name, values, gradients) in checks {
      let scale = max(gradients.map(\.magnitude).max() ?? 0, 1e-3)
      let places = Array(Swift.stride(from: 0, to: values.count, by: max(1, values.count / 60)))
      var kinks = 0
      for index in places {
        let value = values[index]
        let middle = try bench.objective()
        values[index] = value + step
        let above = try bench.objective()
        values[index] = value - step
        let below = try bench.objective()
        values[index] = value
        let (right, left) = ((above - middle) / Double(step), (middle - below) / Double(step))
        if abs(right - left) > 0.01 * Double(scale) {
          kinks += 1
          continue
        }
        let difference = abs((right + left) / 2 - Double(gradients[index]))
        #expect(difference < 6e-3 * Double(scale), "\(name)[\(index)]: \((right + left) / 2) and \(gradients[index])")
      }
      #expect(kinks <= places.count / 2, "\(name): too many kinks to mean anything")
    }
  }

  @Test(arguments: examples)
  func runningTwiceGivesTheSameBits(example: LayerExample) throws {
    let bench = try LayerBench(example, batchSize: Self.batchSize)
    func bits() throws -> [UInt32] {
      try bench.run()
      try bench.plan.backward()
      let gradient = try #require(bench.inputGradient)
      return (Array(bench.plan.output.floats) + Array(gradient.floats) + Array(bench.gradients.floats))
        .map(\.bitPattern)
    }
    let first = try bits()
    #expect(try bits() == first)
  }

  /// The first layer's input gradient is never computed.
  @Test(arguments: examples)
  func unwantedInputGradientIsLeftOut(example: LayerExample) throws {
    let bench = try LayerBench(example, batchSize: Self.batchSize, needsInputGradient: false)
    #expect(bench.inputGradient == nil)
    try bench.run()
    try bench.plan.backward()
  }

  /// Those that do something else in training, which tests of their own compare.
  static let differInTraining: Set<String> = ["BatchNormalization", "Dropout", "SpatialDropout2D", "Residual"]

  /// Training and inference plans agree on the output; they may sum 180 products in another order (1e-5 is allowed).
  @Test(arguments: examples.filter { !differInTraining.contains(type(of: $0.layer).kind) })
  func inferenceAgreesWithTraining(example: LayerExample) throws {
    let training = try LayerBench(example, batchSize: Self.batchSize)
    let inference = try LayerBench(example, batchSize: Self.batchSize, purpose: .inference)
    try training.run()
    try inference.run()
    let outputs = try (
      training.plainValues(training.plan.output, like: nil), inference.plainValues(inference.plan.output, like: nil)
    )
    #expect(zip(outputs.0, outputs.1).allSatisfy { abs($0 - $1) <= 1e-5 })
  }
}
