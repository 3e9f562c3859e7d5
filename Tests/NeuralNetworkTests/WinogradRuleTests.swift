import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

@Suite struct WinogradRuleTests {
  private func algorithms(
    _ layer: Conv2D, on shape: [Int], batchSize: Int, _ purpose: Purpose = .training,
    _ kernels: ConvolutionKernels = .automatic
  ) throws -> ConvolutionAlgorithms {
    let input = Shape(shape)
    return try kernels.algorithms(
      kernelSize: layer.settings.kernelSize, layer.settings.window.slide(over: input).geometry, input: input,
      output: layer.outputShape(for: input), batchSize: batchSize, purpose: purpose)
  }

  private static func letters(_ algorithms: ConvolutionAlgorithms) -> String {
    [algorithms.forward, algorithms.backwardData, algorithms.backwardWeights]
      .map { $0 == .winograd ? "w" : "d" }.joined()
  }

  /// Shapes of the course models and their surroundings, small micro-batches among them: forward, data, weights.
  @Test(arguments: [
    (64, [13, 13, 32], 64, Padding.valid, "wdw"), (8, [13, 13, 32], 64, .valid, "wdw"),
    (4, [6, 6, 64], 64, .valid, "ddd"), (32, [6, 6, 64], 64, .valid, "wdw"),
    (64, [28, 28, 1], 32, .valid, "ddd"), (32, [32, 32, 3], 32, .valid, "ddd"),
    (32, [32, 32, 64], 64, .same, "www"), (4, [32, 32, 64], 64, .same, "www"),
    (32, [8, 8, 256], 256, .same, "www"), (4, [4, 4, 512], 512, .same, "ddd"),
    (32, [2, 2, 512], 512, .same, "ddd"), (4, [224, 224, 64], 64, .same, "www"),
    (1, [56, 56, 256], 256, .same, "www"),
  ])
  func chosenWhereItIsQuicker(batchSize: Int, input: [Int], filters: Int, padding: Padding, expected: String) throws {
    let layer = Conv2D(filters: filters, kernelSize: (3, 3), padding: padding)
    #expect(try Self.letters(algorithms(layer, on: input, batchSize: batchSize)) == expected)
    #expect(try Self.letters(algorithms(layer, on: input, batchSize: batchSize, .training, .direct)) == "ddd")
  }

  @Test(arguments: [
    Conv2D(filters: 64, kernelSize: (5, 5)), Conv2D(filters: 64, kernelSize: (3, 1)),
    Conv2D(filters: 64, kernelSize: (3, 3), strides: (2, 2)), Conv2D(filters: 64, kernelSize: (3, 3), dilation: (2, 2)),
    Conv2D(filters: 15, kernelSize: (3, 3)),
  ])
  func otherConvolutionsAreDirect(layer: Conv2D) throws {
    #expect(try Self.letters(algorithms(layer, on: [64, 64, 64], batchSize: 64)) == "ddd")
  }

  /// What a network says about a sample must not depend on the samples beside it.
  @Test func inferenceDoesNotLookAtTheBatch() throws {
    let layer = Conv2D(filters: 64, kernelSize: (3, 3))
    let choices = try [1, 2, 7, 64, 1000].map { size in
      try algorithms(layer, on: [6, 6, 64], batchSize: size, .inference).forward
    }
    #expect(choices.allSatisfy { $0 == choices[0] })
    let training = try [1, 4096].map { try algorithms(layer, on: [6, 6, 64], batchSize: $0).forward }
    #expect(training == [.direct, .winograd], "else nothing is shown")
  }

  /// Against the direct kernels, which the contract tests check, on maps that tiles of 4×4 do not divide.
  ///
  /// Winograd's transforms multiply by up to 4 and cancel, so it is a few times as wrong as the direct sum of 288 to 20,000
  /// products: 1e-5 of the largest value was seen, ten times that is allowed. A wrong tile is off by the value itself.
  @Test(arguments: [Padding.valid, .same]) func agreesWithTheDirectAlgorithm(padding: Padding) throws {
    let layer = Conv2D(filters: 48, kernelSize: (3, 3), padding: padding, activation: .relu)
    let example = LayerExample(layer, on: [39, 39, 32])
    #expect(
      try Self.letters(algorithms(layer, on: [39, 39, 32], batchSize: 5)) == "www", "else nothing is compared")
    func run(_ kernels: ConvolutionKernels) throws -> [[Float]] {
      let bench = try LayerBench(example, batchSize: 5, convolution: kernels)
      try bench.run()
      try bench.plan.backward()
      return [
        try bench.plainValues(bench.plan.output, like: nil),
        try bench.plainValues(#require(bench.inputGradient), like: nil),
      ] + bench.table.entries.map { Array(bench.gradients.floats.extracting($0.range)) }
    }
    let (winograd, direct) = try (run(.automatic), run(.direct))
    for (name, (found, expected)) in zip(["output", "input", "kernel", "bias"], zip(winograd, direct)) {
      let scale = expected.map(\.magnitude).max() ?? 0
      let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(scale > 1 && difference <= 1e-4 * scale, "\(name): \(difference) of \(scale)")
      if name != "bias", Engine.instructionSet.hasPrefix("AVX-512") {
        #expect(found != expected, "\(name): the same bits come from the same algorithm")
      }
    }
  }
}
