import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

@Suite struct PatchwiseConvolutionTests {
  private func goesPatchwise(
    _ layer: Conv2D, on shape: [Int], _ purpose: Purpose = .training, _ kernels: ConvolutionKernels = .automatic
  ) throws -> Bool {
    let input = Shape(shape)
    return try kernels.goesPatchwise(
      kernelSize: layer.settings.kernelSize, input: input, output: layer.outputShape(for: input), purpose: purpose)
  }

  @Test(arguments: [
    ([8, 8, 1], (3, 3), 10, true), ([8, 8, 1], (1, 1), 10, false), ([8, 8, 3], (3, 3), 32, true),
    ([8, 8, 4], (3, 3), 10, false), ([8, 8, 1], (3, 3), 33, false), ([28, 28, 1], (3, 3), 32, false),
  ])
  func chosenWhereItIsQuicker(input: [Int], kernelSize: (Int, Int), filters: Int, expected: Bool) throws {
    let layer = Conv2D(filters: filters, kernelSize: kernelSize)
    #expect(try goesPatchwise(layer, on: input) == expected)
    #expect(try !goesPatchwise(layer, on: input, .training, .direct))
    #expect(try !goesPatchwise(layer, on: input, .inference))
  }

  static let shapes: [(layer: any Layer, input: [Int])] = [
    (Conv2D(filters: 10, kernelSize: (3, 3), activation: .relu), [8, 8, 1]),
    (Conv2D(filters: 3, kernelSize: (3, 2), padding: .same, activation: .tanh), [5, 4, 2]),
    (Conv2D(filters: 5, kernelSize: (3, 3), strides: (2, 2), padding: .same), [7, 6, 3]),
    (Conv2D(filters: 4, kernelSize: (3, 3), strides: (1, 2), padding: .full, activation: .sigmoid), [4, 5, 1]),
    (Conv2D(filters: 9, kernelSize: (2, 2), dilation: (2, 1), activation: .sigmoid, useBias: false), [6, 6, 2]),
    (Conv2D(filters: 6, kernelSize: (3, 3), activation: .softmax), [5, 5, 1]),
    (Conv2D(filters: 1, kernelSize: (2, 2), padding: .explicit([2, 0])), [1, 4, 5]),
    (Conv1D(filters: 7, kernelSize: 5, padding: .same, activation: .elementwise(.softplus)), [9, 3]),
  ]

  /// Against the direct kernels, which the contract tests check.
  ///
  /// Both round sums of at most 32 products for a value and 5·64 for a gradient, in different orders: 1e-5 of the largest
  /// value is allowed. A value of a patch in the wrong place is off by the value itself.
  @Test(arguments: shapes.indices) func agreesWithTheDirectKernels(index: Int) throws {
    let (layer, input) = Self.shapes[index]
    let example = LayerExample(layer, on: input)
    func run(_ kernels: ConvolutionKernels, overwriting value: Float) throws -> (isPatchwise: Bool, values: [[Float]]) {
      let bench = try LayerBench(example, batchSize: 5, convolution: kernels)
      try bench.run()
      // Gradients are written, not added to what a step before has left there.
      bench.gradients.floats.update(repeating: value)
      bench.inputGradient?.floats.update(repeating: value)
      try bench.plan.backward()
      return (
        bench.plan is PatchwiseConvolutionPlan,
        [
          try bench.plainValues(bench.plan.output, like: nil),
          try bench.plainValues(#require(bench.inputGradient), like: nil),
        ] + bench.table.entries.map { Array(bench.gradients.floats.extracting($0.range)) }
      )
    }
    let (patchwise, direct) = try (run(.automatic, overwriting: .nan), run(.direct, overwriting: 0))
    #expect(patchwise.isPatchwise && !direct.isPatchwise, "else nothing is compared")
    for (name, (found, expected)) in zip(["output", "input", "kernel", "bias"], zip(patchwise.values, direct.values)) {
      let scale = expected.map(\.magnitude).max() ?? 0
      let difference = zip(found, expected).map { $0.isNaN ? .infinity : abs($0 - $1) }.max() ?? .infinity
      #expect(scale > 0.05 && difference <= 1e-5 * scale, "\(name): \(difference) of \(scale)")
    }
  }
}
