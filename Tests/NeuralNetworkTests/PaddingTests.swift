import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

/// Paddings that Keras' layers do not have, against a loop that asks for every value by itself.
@Suite struct PaddingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let padding: Padding
    let mode: PaddingMode
    let kernel: [Int]
    let strides: [Int]
    var testDescription: String { "\(padding), \(mode), kernel \(kernel), strides \(strides)" }
  }

  static let cases = [Padding.full, .same, .explicit([1, 3])].flatMap { padding in
    [PaddingMode.zeros, .constant(0.75), .nearest].flatMap { mode in
      [([3, 3], [1, 1]), ([2, 4], [2, 1]), ([1, 5], [1, 3])].map {
        Case(padding: padding, mode: mode, kernel: $0.0, strides: $0.1)
      }
    }
  }

  private static let input = [5, 4, 2]

  /// Products of three and four numbers below 1, twenty to a sum: 1e-5 is ten roundings of the largest.
  @Test(arguments: cases) func convolution(case: Case) throws {
    var settings = ConvolutionSettings(
      filters: 3, kernelSize: `case`.kernel, strides: `case`.strides, padding: `case`.padding,
      paddingMode: `case`.mode, dilation: nil, activation: .linear, useBias: false, kernelRegularizer: nil)
    settings.name = "c"
    let layer = Conv2D(settings)
    let network = try Network(
      ModelDescription(name: "padding", layers: [layer]), input: Shape(Self.input), loss: nil, on: Engine())
    var stream = RandomStream(seed: 4, purpose: .sampling)
    for index in network.parameters.floats.indices { network.parameters.floats[index] = stream.uniform(-1, 1) }
    network.parametersChanged()
    let image = (0..<40).map { _ in stream.uniform(-1, 1) }
    let outputs = try image.withUnsafeBufferPointer { image in
      try network.load(NetworkBatch(count: 1, images: image), for: .inference)
      _ = try network.forward()
      return try Array(network.outputs())
    }
    let expected = reference(`case`, image, kernel: Array(network.parameters.floats), shape: network.outputShape)
    #expect(outputs.count == expected.count)
    #expect(zip(outputs, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  private func reference(_ example: Case, _ image: [Float], kernel: [Float], shape: Shape) -> [Float] {
    let before = (0..<2).map { axis in
      switch example.padding {
      case .full: return example.kernel[axis] - 1
      case .explicit(let amounts): return amounts[axis]
      default:
        let count = (Self.input[axis] + example.strides[axis] - 1) / example.strides[axis]
        return max((count - 1) * example.strides[axis] + example.kernel[axis] - Self.input[axis], 0) / 2
      }
    }
    func value(_ row: Int, _ column: Int, _ channel: Int) -> Float {
      let isInside = (0..<5).contains(row) && (0..<4).contains(column)
      switch example.mode {
      case .zeros where !isInside: return 0
      case .constant(let number) where !isInside: return Float(number)
      default: return image[(min(max(row, 0), 4) * 4 + min(max(column, 0), 3)) * 2 + channel]
      }
    }
    var result: [Float] = []
    for row in 0..<shape.dimensions[0] {
      for column in 0..<shape.dimensions[1] {
        for filter in 0..<3 {
          var sum: Float = 0
          for i in 0..<example.kernel[0] {
            for j in 0..<example.kernel[1] {
              for channel in 0..<2 {
                let place = value(
                  row * example.strides[0] + i - before[0], column * example.strides[1] + j - before[1], channel)
                sum += place * kernel[((i * example.kernel[1] + j) * 2 + channel) * 3 + filter]
              }
            }
          }
          result.append(sum)
        }
      }
    }
    return result
  }

  @Test func sizes() throws {
    let input = Shape([5, 7, 1])
    func size(_ padding: Padding, _ strides: (Int, Int) = (1, 1)) throws -> [Int] {
      try Conv2D(filters: 1, kernelSize: (3, 2), strides: strides, padding: padding).outputShape(for: input).spatial
    }
    #expect(try size(.full) == [7, 8])
    #expect(try size(.explicit([2, 0])) == [7, 6])
    #expect(try size(.explicit([0, 1]), (2, 3)) == [2, 3])
  }
}
