import Foundation
import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

/// Shapes at the edge of what there is.
@Suite struct EdgeShapeTests {
  private func outputs(_ network: Network, _ images: [Float], for purpose: Purpose = .inference) throws -> [Float] {
    try images.withUnsafeBufferPointer { pixels in
      try network.load(
        NetworkBatch(count: images.count / network.inputShape.elementCount, images: pixels), for: purpose)
      _ = try network.forward()
      return try Array(network.outputs())
    }
  }

  /// Where several values of a window are largest, the gradient goes to the first in row-major order, in any layout.
  @Test(arguments: [1, 7, 16, 17]) func tiesOfMaxPooling(channels: Int) throws {
    let bench = try LayerBench(
      LayerExample(MaxPooling2D(poolSize: (2, 2)), on: [4, 4, channels]), batchSize: 2)
    bench.input.floats.update(repeating: -0.5)
    try bench.run()
    try bench.plan.backward()
    let gradient = try bench.plainValues(#require(bench.inputGradient), like: bench.input)
    for (place, value) in gradient.enumerated() {
      let (row, column) = (place / channels / 4 % 4, place / channels % 4)
      #expect((value != 0) == (row % 2 == 0 && column % 2 == 0), "row \(row), column \(column): \(value)")
    }
  }

  /// The same with windows that overlap: each hands its gradient to its own first place.
  @Test func tiesOfOverlappingWindows() throws {
    let bench = try LayerBench(
      LayerExample(MaxPooling2D(poolSize: (2, 2), strides: (1, 1)), on: [3, 3, 1]), batchSize: 1)
    bench.input.floats.update(repeating: 2)
    try bench.run()
    try bench.plan.backward()
    let gradient = try bench.plainValues(#require(bench.inputGradient), like: bench.input)
    #expect(gradient.enumerated().allSatisfy { ($1 != 0) == [0, 1, 3, 4].contains($0) }, "\(gradient)")
  }

  /// A kernel larger than the image fits if the padding makes room; only the taps over the image count.
  @Test(arguments: [(Padding.same, [2, 3]), (.full, [6, 7]), (.explicit([2, 2]), [2, 3])])
  func kernelLargerThanTheImage(padding: Padding, size: [Int]) throws {
    let layer = Conv2D(filters: 1, kernelSize: (5, 5), padding: padding, useBias: false)
    let network = try Network(
      ModelDescription(name: "large", layers: [layer]), input: Shape([2, 3, 1]), loss: nil, on: Engine())
    #expect(network.outputShape == Shape(size + [1]))
    network.parameters.floats.update(repeating: 1)
    network.parametersChanged()
    let result = try outputs(network, [1, 2, 3, 4, 5, 6])
    #expect(result.max() == 21 && result.count == size[0] * size[1])
  }

  @Test(arguments: [
    (
      Conv2D(filters: 1, kernelSize: (5, 4)) as any Layer,
      "conv2d (Conv2D): expected at least 5×4 values, found (3, 4, 2)"
    ),
    (MaxPooling2D(poolSize: (4, 1)), "max_pooling2d (MaxPooling2D): expected at least 4×1 values, found (3, 4, 2)"),
    (ChannelPooling(poolSize: 3), "expected images or signals of at least 3 channels, found (3, 4, 2)"),
    (Reshape([5, 5]), "reshape (Reshape): expected as many values as [5, 5] has, found (3, 4, 2)"),
    (Residual([Conv2D(filters: 3, kernelSize: (1, 1))]), "expected branches of one shape, (3, 4, 3), found (3, 4, 2)"),
    (
      Branches([[], [MaxPooling2D()]]), "branches (Branches): expected branches of one size, (3, 4, 2), found (1, 2, 2)"
    ),
    (Residual([Dense(units: 2)]), "branch layers, dense: expected a flat input (features), found (3, 4, 2)"),
    (Conv1D(filters: 1, kernelSize: 2), "conv1d (Conv1D): expected signals (length, channels), found (3, 4, 2)"),
    (OneHot(classes: 4), "one_hot (OneHot): expected one channel of category numbers, found (3, 4, 2)"),
    (Normalization(mean: [1, 2, 3], variance: [1, 1, 1]), "expected 3 channels, as there are means, found (3, 4, 2)"),
  ])
  func impossibleShapes(layer: any Layer, words: String) throws {
    let model = ModelDescription(name: "impossible", layers: [layer])
    let error = #expect(throws: ShapeError.self) { try model.shapes(for: Shape([3, 4, 2])) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("layer 1, ") == true)
  }

  /// Strides that leave values out between windows.
  @Test func strideLargerThanTheKernel() throws {
    let layer = Conv2D(filters: 1, kernelSize: (1, 2), strides: (2, 3), useBias: false)
    let network = try Network(
      ModelDescription(name: "strides", layers: [layer]), input: Shape([3, 5, 1]), loss: nil, on: Engine())
    network.parameters.floats.update(repeating: 1)
    network.parametersChanged()
    let expected: [Float] = [3, 9, 23, 29]  // 1 + 2, 4 + 5, 11 + 12, 14 + 15
    #expect(try outputs(network, (1...15).map { Float($0) }) == expected)
  }

  /// Images of one pixel, a batch of one and a thousand classes: the loss of equal probabilities, and its gradient.
  ///
  /// The logarithm of 1,000 to 1e-6; each of the other probabilities is 0.001.
  @Test(arguments: [1, 7]) func onePixelAndAThousandClasses(channels: Int) throws {
    let model = ModelDescription(
      name: "thousand",
      layers: [
        Conv2D(filters: 3, kernelSize: (3, 3), padding: .same, activation: .relu), MaxPooling2D(poolSize: (1, 1)),
        Flatten(), Dense(units: 1000, activation: .softmax),
      ])
    let network = try Network(
      model, input: Shape([1, 1, channels]), loss: CategoricalCrossentropy(), optimizer: SGD(), on: Engine())
    let labels: [Int32] = [999]
    let images = [Float](repeating: 1, count: channels)
    var sum = [Float](repeating: 0, count: network.table.learningSlabCount)
    let sums = try images.withUnsafeBufferPointer { images in
      try labels.withUnsafeBufferPointer { labels in
        try network.load(NetworkBatch(images: images, labels: labels))
        return try network.forward()
      }
    }
    #expect(abs(sums.loss - log(1000)) < 1e-6 && sums.correct == 0)
    try sum.withUnsafeMutableBufferPointer { try network.backward(into: $0) }
    let bias = try #require(network.table.entries.last)
    let gradient = sum[bias.range]
    #expect(gradient.dropLast().allSatisfy { abs($0 - 0.001) < 1e-8 })
    #expect(abs((gradient.last ?? 0) + 0.999) < 1e-6)
  }
}
