import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

@Suite struct TapwiseConvolutionTests {
  private func goesTapwise(
    _ layer: Conv2D, on shape: [Int], batchSize: Int, _ purpose: Purpose = .training,
    _ kernels: ConvolutionKernels = .automatic
  ) throws -> Bool {
    let input = Shape(shape)
    return try kernels.goesTapwise(
      kernelSize: layer.settings.kernelSize, input: input, output: layer.outputShape(for: input), batchSize: batchSize,
      purpose: purpose)
  }

  /// Maps, channels and micro-batches on both sides of where it is quicker.
  @Test(arguments: [
    (32, [2, 2, 512], 512, true), (4, [4, 4, 512], 512, true), (16, [4, 4, 512], 512, true),
    (17, [4, 4, 512], 512, false), (32, [4, 4, 512], 512, false), (64, [1, 1, 128], 256, true),
    (64, [3, 3, 256], 256, true), (1, [4, 5, 256], 256, false), (8, [2, 2, 127], 512, false),
    (8, [2, 2, 512], 127, false),
  ])
  func chosenWhereItIsQuicker(batchSize: Int, input: [Int], filters: Int, expected: Bool) throws {
    let layer = Conv2D(filters: filters, kernelSize: (3, 3), padding: .same)
    #expect(try goesTapwise(layer, on: input, batchSize: batchSize) == expected)
    #expect(try !goesTapwise(layer, on: input, batchSize: batchSize, .training, .direct))
  }

  /// A kernel of one tap is one matrix product for oneDNN's own kernels too.
  @Test func oneTapIsLeftToOneDNN() throws {
    #expect(try !goesTapwise(Conv2D(filters: 512, kernelSize: (1, 1)), on: [2, 2, 512], batchSize: 8))
  }

  /// What a network says about a sample must not depend on the samples beside it.
  @Test func inferenceIsLeftToOneDNN() throws {
    let layer = Conv2D(filters: 512, kernelSize: (3, 3), padding: .same)
    for size in [1, 2, 64] { #expect(try !goesTapwise(layer, on: [2, 2, 512], batchSize: size, .inference)) }
  }

  /// By hand, for a kernel of 3 over 2 values with a value of padding on either side: the first tap connects the second
  /// output, the last the first; in two dimensions rows and columns combine.
  @Test func tapsConnectWhatIsNotPadding() {
    func taps(_ size: [Int], _ shape: [Int]) -> [KernelTap] {
      let ones = size.map { _ in 1 }
      return KernelTap.all(
        of: size, WindowGeometry(strides: ones, dilation: ones, paddingBefore: ones, paddingAfter: ones), input: shape,
        output: shape)
    }
    #expect(taps([3], [2]).map(\.inputs) == [[0], [0, 1], [1]])
    #expect(taps([3], [2]).map(\.outputs) == [[1], [0, 1], [0]])
    #expect(taps([3], [1]).map(\.inputs) == [[], [0], []])
    let square = taps([3, 3], [2, 2])
    #expect(square.map(\.inputs) == [[0], [0, 1], [1], [0, 2], [0, 1, 2, 3], [1, 3], [2], [2, 3], [3]])
    #expect(square.map(\.outputs) == [[3], [2, 3], [2], [1, 3], [0, 1, 2, 3], [0, 2], [1], [0, 1], [0]])
  }

  static let shapes: [(layer: any Layer, input: [Int])] = [
    (Conv2D(filters: 128, kernelSize: (3, 3), padding: .same, activation: .relu), [1, 1, 128]),
    (Conv2D(filters: 128, kernelSize: (3, 3), padding: .same, activation: .relu), [2, 2, 128]),
    (Conv2D(filters: 144, kernelSize: (3, 2), padding: .same, activation: .tanh), [2, 3, 131]),
    (Conv2D(filters: 129, kernelSize: (3, 3), strides: (2, 2), padding: .same), [3, 3, 128]),
    (Conv2D(filters: 128, kernelSize: (3, 3), strides: (1, 2), padding: .full, activation: .tanh), [2, 1, 150]),
    (Conv2D(filters: 128, kernelSize: (2, 2), dilation: (2, 1), activation: .sigmoid, useBias: false), [3, 3, 128]),
    (Conv2D(filters: 128, kernelSize: (3, 3), activation: .softmax), [3, 3, 128]),
    (Conv2D(filters: 128, kernelSize: (2, 2), padding: .explicit([2, 0])), [1, 4, 128]),
    (Conv1D(filters: 130, kernelSize: 5, padding: .same, activation: .elementwise(.softplus)), [4, 128]),
  ]

  /// Against the direct kernels, which the contract tests check.
  ///
  /// Both round sums of up to 9·150 products, in different orders: 1e-5 of the largest value is allowed, 60 units in its
  /// last place. A pair left out or joined wrongly is off by the value itself.
  @Test(arguments: shapes.indices) func agreesWithTheDirectKernels(index: Int) throws {
    let (layer, input) = Self.shapes[index]
    let example = LayerExample(layer, on: input)
    func run(_ kernels: ConvolutionKernels, overwriting value: Float) throws -> (isTapwise: Bool, values: [[Float]]) {
      let bench = try LayerBench(example, batchSize: 5, convolution: kernels)
      try bench.run()
      // Gradients are written, not added to what a step before has left there.
      bench.gradients.floats.update(repeating: value)
      bench.inputGradient?.floats.update(repeating: value)
      try bench.plan.backward()
      return (
        bench.plan is TapwiseConvolutionPlan,
        [
          try bench.plainValues(bench.plan.output, like: nil),
          try bench.plainValues(#require(bench.inputGradient), like: nil),
        ] + bench.table.entries.map { Array(bench.gradients.floats.extracting($0.range)) }
      )
    }
    let (tapwise, direct) = try (run(.automatic, overwriting: .nan), run(.direct, overwriting: 0))
    #expect(tapwise.isTapwise && !direct.isTapwise, "else nothing is compared")
    for (name, (found, expected)) in zip(["output", "input", "kernel", "bias"], zip(tapwise.values, direct.values)) {
      let scale = expected.map(\.magnitude).max() ?? 0
      let difference = zip(found, expected).map { $0.isNaN ? .infinity : abs($0 - $1) }.max() ?? .infinity
      #expect(scale > 0.05 && difference <= 1e-5 * scale, "\(name): \(difference) of \(scale)")
    }
  }

  /// Gradients go where they are sent: each shard of a step has a place of its own.
  @Test func gradientsFollowTheirMemory() throws {
    let layer = Conv2D(filters: 128, kernelSize: (3, 3), padding: .same)
    let bench = try LayerBench(LayerExample(layer, on: [1, 1, 128]), batchSize: 2)
    try #require(bench.plan is TapwiseConvolutionPlan)
    try bench.run()
    try bench.plan.backward()
    let first = Array(bench.gradients.floats)
    let other = Slab(count: first.count, repeating: .nan)
    for entry in bench.table.entries { bench.gradients.floats.extracting(entry.range).update(repeating: 7) }
    try bench.moveGradients(to: other)
    try bench.run()
    try bench.plan.backward()
    for entry in bench.table.entries {
      #expect(Array(other.floats[entry.range]) == Array(first[entry.range]))
      #expect(bench.gradients.floats[entry.range].allSatisfy { $0 == 7 })
    }
  }
}
