import Foundation
import OneDNN
import Testing

@testable import NeuralNetwork

/// Against Keras' own layer: Golden/depthwise.json, made by make_depthwise.py with Keras 3.15.1 on TensorFlow 2.21.0.
@Suite struct DepthwiseConv2DTests {
  struct Case: Decodable {
    let settings: DepthwiseConv2D
    let input: [Int]
    let x: [Float]
    let names: [String]
    let parameters: [[Float]]
    let weights: [Float]
    let output: [Float]
    let input_gradient: [Float]
    let gradients: [[Float]]
  }

  static let cases = Result {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/depthwise.json")
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: url))
  }

  /// Sums of at most 84 products of numbers below 1, in another order, and goldens of 7 places: 1e-5 is allowed.
  @Test(arguments: 0..<4) func agreesWithKeras(number: Int) throws {
    let golden = try Self.cases.get()[number]
    let bench = try LayerBench(LayerExample(golden.settings, on: golden.input), batchSize: 2)
    #expect(bench.table.entries.map(\.specification.name) == golden.names)
    for (entry, values) in zip(bench.table.entries, golden.parameters) {
      try #require(entry.range.count == values.count)
      _ = bench.values.floats.extracting(entry.range).update(fromContentsOf: values)
    }
    _ = bench.input.floats.update(fromContentsOf: golden.x)
    bench.weights = golden.weights
    try bench.run()
    try bench.plan.backward()
    var results = [
      ("output", try bench.plainValues(bench.plan.output, like: nil), golden.output),
      ("input gradient", try bench.plainValues(#require(bench.inputGradient), like: nil), golden.input_gradient),
    ]
    for (entry, values) in zip(bench.table.entries, golden.gradients) {
      results.append((entry.specification.name, Array(bench.gradients.floats.extracting(entry.range)), values))
    }
    for (name, found, expected) in results {
      #expect(found.count == expected.count, "\(name)")
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 }, "\(name)")
    }
  }

  /// Keras' fans of `[3, 3, 3, 2]` are 27 and 18, so Glorot's limit is √(6 / 45).
  @Test func initialValuesHaveKerasFans() throws {
    let layer = DepthwiseConv2D(kernelSize: (3, 3), depthMultiplier: 2)
    let kernel = try #require(layer.parameters(for: Shape([7, 6, 3])).first)
    let fans = fans(of: kernel.shape)
    #expect(kernel.shape == [3, 3, 3, 2] && fans.input == 27 && fans.output == 18)
  }

  @Test func otherPaddingsAreRefused() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try JSONDecoder().decode(DepthwiseConv2D.self, from: Data(#"{"kernel_size": 3, "padding": "full"}"#.utf8))
    }
    #expect(
      error?.description == "padding: expected valid or same, found another padding; put ZeroPadding2D before it",
      "\(error?.description ?? "")")
  }
}
