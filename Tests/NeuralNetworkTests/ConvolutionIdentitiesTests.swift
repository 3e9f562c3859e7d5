import Foundation
import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

/// What the course documents prove about convolution, checked on the convolution layers.
///
/// The layers compute cross-correlation, as all deep-learning libraries do; convolution is cross-correlation with the
/// flipped kernel, over an image with full padding. All values are small whole numbers, so float32 is exact and equal means
/// equal; only Fourier transforms have a tolerance.
@Suite struct ConvolutionIdentitiesTests {
  typealias Matrix = [[Float]]

  /// Sizes of an image and a kernel: square and not, even and odd, one row, a kernel as large as the image.
  static let sizes: [(image: (Int, Int), kernel: (Int, Int))] = [
    ((3, 3), (2, 2)), ((4, 6), (3, 3)), ((5, 4), (2, 3)), ((1, 7), (1, 3)), ((6, 2), (4, 1)), ((3, 5), (3, 5)),
  ]

  /// A matrix whose row `(i, j)` holds `w[m][n]` in column `width · (i + m) + (j + n)`, times the image written as one
  /// column: here a dense layer, whose kernel is the transposed matrix.
  @Test(arguments: sizes)
  func toeplitzMatrix(image: (Int, Int), kernel: (Int, Int)) throws {
    let pixels = numbers(image, seed: 1)
    let weights = numbers(kernel, seed: 2)
    let toeplitz = toeplitz(weights, over: image)
    let product = try run(
      Dense(units: toeplitz.count, useBias: false), on: [image.0 * image.1], pixels.flatMap { $0 },
      kernel: transposed(toeplitz).flatMap { $0 })
    #expect(try crossCorrelation(pixels, weights).flatMap { $0 } == product)
  }

  /// The documents' matrix, number by number: a kernel of 2×2 over an image of 3×3.
  @Test func toeplitzMatrixOfTheDocuments() {
    let expected: Matrix = [
      [1, 2, 0, 3, 4, 0, 0, 0, 0], [0, 1, 2, 0, 3, 4, 0, 0, 0], [0, 0, 0, 1, 2, 0, 3, 4, 0],
      [0, 0, 0, 0, 1, 2, 0, 3, 4],
    ]
    #expect(toeplitz([[1, 2], [3, 4]], over: (3, 3)) == expected)
  }

  /// Coefficients: (1 + 2x + 3x²)(4 + 5x + 6x² + 7x³) = 4 + 13x + 28x² + 34x³ + 32x⁴ + 21x⁵.
  @Test func polynomialProductOfTheDocuments() throws {
    struct Product: Decodable { let alpha, beta, delta: [Float] }
    struct File: Decodable { let polynomial_product: Product }
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/worked_examples.json")
    let product = try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).polynomial_product
    #expect(try fullConvolution(product.alpha, product.beta) == product.delta)
    #expect(try fullConvolution(product.beta, product.alpha) == product.delta)
  }

  @Test(arguments: [(1, 1), (1, 5), (4, 2), (3, 3), (8, 13)])
  func polynomialProduct(first: Int, second: Int) throws {
    let alpha = numbers((1, first), seed: 3)[0]
    let beta = numbers((1, second), seed: 4)[0]
    var product = [Float](repeating: 0, count: first + second - 1)
    for i in 0..<first {
      for j in 0..<second { product[i + j] += alpha[i] * beta[j] }
    }
    #expect(try fullConvolution(alpha, beta) == product)
  }

  @Test(arguments: sizes)
  func convolutionIsCommutative(image: (Int, Int), kernel: (Int, Int)) throws {
    let pixels = numbers(image, seed: 5)
    let weights = numbers(kernel, seed: 6)
    #expect(try fullConvolution(pixels, weights) == fullConvolution(weights, pixels))
  }

  /// Cross-correlation is not: exchanging the two turns the result by half a turn.
  @Test(arguments: sizes)
  func crossCorrelationIsNotCommutative(image: (Int, Int), kernel: (Int, Int)) throws {
    let pixels = numbers(image, seed: 5)
    let weights = numbers(kernel, seed: 6)
    let result = try crossCorrelation(pixels, weights, .full)
    let exchanged = try crossCorrelation(weights, pixels, .full)
    #expect(exchanged == flipped(result))
    #expect(exchanged != result)
  }

  @Test(arguments: sizes)
  func flippingTheKernelTurnsCrossCorrelationIntoConvolution(image: (Int, Int), kernel: (Int, Int)) throws {
    let pixels = numbers(image, seed: 7)
    let weights = numbers(kernel, seed: 8)
    // The textbook's sum: y[i, j] = Σ x[i - m, j - n] w[m, n], with x zero outside of the image.
    let expected = (0..<image.0 + kernel.0 - 1).map { i in
      (0..<image.1 + kernel.1 - 1).map { j in
        var sum: Float = 0
        for m in 0..<kernel.0 where pixels.indices.contains(i - m) {
          for n in 0..<kernel.1 where pixels[i - m].indices.contains(j - n) {
            sum += pixels[i - m][j - n] * weights[m][n]
          }
        }
        return sum
      }
    }
    #expect(try crossCorrelation(pixels, flipped(weights), .full) == expected)
    #expect(try crossCorrelation(pixels, weights, .full) != expected)
  }

  /// A kernel that half a turn does not change, such as the documents' blur and sharpen, does the same either way.
  @Test(arguments: [[[0, -1, 0], [-1, 5, -1], [0, -1, 0]], [[1, 2, 1], [2, 4, 2], [1, 2, 1]]] as [Matrix])
  func symmetricKernelsNeedNoFlip(kernel: Matrix) throws {
    let pixels = numbers((5, 6), seed: 9)
    #expect(try crossCorrelation(pixels, kernel) == crossCorrelation(pixels, flipped(kernel)))
  }

  /// The transform of a convolution is the product of the transforms.
  ///
  /// In double precision, where sums of at most 63 terms of at most 1,215 are exact to 1e-9.
  @Test(arguments: sizes)
  func convolutionTheorem(image: (Int, Int), kernel: (Int, Int)) throws {
    let pixels = numbers(image, seed: 10)
    let weights = numbers(kernel, seed: 11)
    let size = (image.0 + kernel.0 - 1, image.1 + kernel.1 - 1)
    let found = fourierTransform(try fullConvolution(pixels, weights), size: size)
    let ofPixels = fourierTransform(pixels, size: size)
    let ofWeights = fourierTransform(weights, size: size)
    for (found, (a, b)) in zip(found, zip(ofPixels, ofWeights)) {
      #expect(abs(found.real - (a.real * b.real - a.imaginary * b.imaginary)) < 1e-9)
      #expect(abs(found.imaginary - (a.real * b.imaginary + a.imaginary * b.real)) < 1e-9)
    }
  }

  // MARK: The layers

  /// What ``Conv2D`` computes: every window of the image times the kernel.
  private func crossCorrelation(_ image: Matrix, _ kernel: Matrix, _ padding: Padding = .valid) throws -> Matrix {
    let layer = Conv2D(filters: 1, kernelSize: (kernel.count, kernel[0].count), padding: padding, useBias: false)
    let values = try run(
      layer, on: [image.count, image[0].count, 1], image.flatMap { $0 }, kernel: kernel.flatMap { $0 })
    let rows = image.count + (padding == .full ? kernel.count - 1 : 1 - kernel.count)
    let width = values.count / rows
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }

  private func fullConvolution(_ image: Matrix, _ kernel: Matrix) throws -> Matrix {
    try crossCorrelation(image, flipped(kernel), .full)
  }

  /// The same through ``Conv1D``.
  private func fullConvolution(_ signal: [Float], _ kernel: [Float]) throws -> [Float] {
    try run(
      Conv1D(filters: 1, kernelSize: kernel.count, padding: .full, useBias: false), on: [signal.count, 1], signal,
      kernel: kernel.reversed())
  }

  private func run(_ layer: any Layer, on shape: [Int], _ values: [Float], kernel: [Float]) throws -> [Float] {
    let bench = try LayerBench(LayerExample(layer, on: shape), batchSize: 1, purpose: .inference)
    try #require(bench.input.floats.count == values.count && bench.table.parameterCount == kernel.count)
    _ = bench.input.floats.update(fromContentsOf: values)
    _ = bench.values.floats.update(fromContentsOf: kernel)
    try bench.run()
    return try bench.plainValues(bench.plan.output, like: nil)
  }

  // MARK: Matrices

  /// Whole numbers from -9 to 9.
  private func numbers(_ size: (Int, Int), seed: UInt64) -> Matrix {
    var stream = RandomStream(seed: seed, purpose: .sampling)
    return (0..<size.0).map { _ in (0..<size.1).map { _ in stream.uniform(-9.5, 9.5).rounded() } }
  }

  private func flipped(_ matrix: Matrix) -> Matrix { matrix.reversed().map { $0.reversed() } }

  private func transposed(_ matrix: Matrix) -> Matrix {
    matrix[0].indices.map { column in matrix.map { $0[column] } }
  }

  private func toeplitz(_ kernel: Matrix, over image: (Int, Int)) -> Matrix {
    var matrix: Matrix = []
    for i in 0...image.0 - kernel.count {
      for j in 0...image.1 - kernel[0].count {
        var row = [Float](repeating: 0, count: image.0 * image.1)
        for (m, weights) in kernel.enumerated() {
          for (n, weight) in weights.enumerated() { row[image.1 * (i + m) + (j + n)] = weight }
        }
        matrix.append(row)
      }
    }
    return matrix
  }

  /// The discrete Fourier transform of a matrix that zeros extend to `size`, as its definition says, row by row.
  private func fourierTransform(_ matrix: Matrix, size: (Int, Int)) -> [(real: Double, imaginary: Double)] {
    (0..<size.0 * size.1).map { index in
      let (u, v) = (index / size.1, index % size.1)
      var sum = (real: 0.0, imaginary: 0.0)
      for (i, row) in matrix.enumerated() {
        for (j, value) in row.enumerated() {
          let turns = Double(u * i) / Double(size.0) + Double(v * j) / Double(size.1)
          sum.real += Double(value) * cos(2 * .pi * turns)
          sum.imaginary -= Double(value) * sin(2 * .pi * turns)
        }
      }
      return sum
    }
  }
}
