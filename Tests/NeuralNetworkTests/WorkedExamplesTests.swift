import Foundation
import OneDNN
import Testing

@testable import NeuralNetwork

/// The course documents' own worked examples of convolution, pooling and activation: Golden/worked_examples.json.
///
/// The numbers are small whole ones (the sigmoids have 16 digits), so float32 is exact but for the sigmoid's last bit.
@Suite struct WorkedExamplesTests {
  @Test func convolutionValid() throws {
    #expect(try convolve(strides: (1, 1), .valid) == golden("convolution_valid_stride_1"))
  }

  @Test func convolutionWithStrides() throws {
    #expect(try convolve(strides: (1, 2), .valid) == golden("convolution_valid_stride_height_1_width_2"))
  }

  @Test func convolutionSame() throws {
    #expect(try convolve(strides: (1, 1), .same) == golden("convolution_same_zeros"))
  }

  @Test func convolutionFull() throws {
    #expect(try convolve(strides: (1, 1), .full) == golden("convolution_full_zeros"))
  }

  @Test(arguments: [(2, "max_pool_2x2_stride_2"), (1, "max_pool_2x2_stride_1")])
  func maxPooling(stride: Int, expected: String) throws {
    let layer = MaxPooling2D(poolSize: (2, 2), strides: (stride, stride))
    #expect(try run(layer, on: golden("pooling_image")) == golden(expected))
  }

  @Test func relu() throws {
    #expect(try run(ActivationLayer(.relu), on: golden("activation_input")) == golden("relu"))
  }

  /// Float32 has 2^-24 of relative rounding, and the kernel a polynomial of its own: 1e-6 is allowed.
  @Test func sigmoid() throws {
    let found = try run(ActivationLayer(.sigmoid), on: golden("activation_input"))
    for (found, expected) in zip(found.joined(), try golden("sigmoid").joined()) {
      #expect(abs(found - expected) < 1e-6)
    }
  }

  @Test func outputSizes() throws {
    struct Case: Decodable {
      let input, kernel, stride: Int
      let padding: Padding?
      let output: Int
      enum CodingKeys: CodingKey { case input, kernel, stride, padding, output }
      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        input = try container.decode(Int.self, forKey: .input)
        kernel = try container.decode(Int.self, forKey: .kernel)
        stride = try container.decode(Int.self, forKey: .stride)
        output = try container.decode(Int.self, forKey: .output)
        let number = try? container.decode(Int.self, forKey: .padding)
        padding = number.map { .explicit([$0, $0]) } ?? (try? container.decode(Padding.self, forKey: .padding))
      }
    }
    struct File: Decodable { let output_size: [Case] }
    let cases = try JSONDecoder().decode(File.self, from: Self.contents).output_size
    var checked = 0
    for example in cases {
      guard let padding = example.padding else { continue }
      let layer = Conv2D(
        filters: 1, kernelSize: (example.kernel, example.kernel), strides: (example.stride, example.stride),
        padding: padding)
      let shape = try layer.outputShape(for: Shape([example.input, example.input, 1]))
      #expect(shape == Shape([example.output, example.output, 1]))
      checked += 1
    }
    #expect(checked == cases.count)
  }

  @Test func parameterCounts() throws {
    struct Network: Decodable { let widths: [Int], parameters: Int }
    struct File: Decodable { let fully_connected_parameters: [Network], model_parameters: [String: Int] }
    let file = try JSONDecoder().decode(File.self, from: Self.contents)
    for network in file.fully_connected_parameters {
      let model = ModelDescription(name: "model", layers: network.widths.dropFirst().map { Dense(units: $0) })
      #expect(try model.parameterTable(for: Shape([network.widths[0]])).parameterCount == network.parameters)
    }
    #expect(file.model_parameters.count == 4)
    for (name, count) in file.model_parameters {
      let course = try CourseModels.model(named: name == "vgg16_without_top" ? "vgg16" : name)
      #expect(try course.description.parameterTable(for: course.input).parameterCount == count, "\(name)")
    }
  }

  // MARK: Running a layer on a matrix

  private static let contents =
    (try? Data(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/worked_examples.json")))
    ?? Data()

  private func golden(_ name: String) throws -> [[Float]] {
    let all = try JSONDecoder().decode([String: ConfigurationValue].self, from: Self.contents)
    guard case .array(let rows)? = all[name] else { throw ConfigurationError("no example \(name)") }
    return rows.map { row in
      guard case .array(let numbers) = row else { return [] }
      return numbers.map { number in
        switch number {
        case .int(let value): Float(value)
        case .double(let value): Float(value)
        default: .nan
        }
      }
    }
  }

  private func convolve(strides: (Int, Int), _ padding: Padding) throws -> [[Float]] {
    let layer = Conv2D(filters: 1, kernelSize: (3, 3), strides: strides, padding: padding, useBias: false)
    return try run(layer, on: golden("image"), kernel: golden("sobel_bottom").flatMap { $0 })
  }

  private func run(_ layer: any Layer, on image: [[Float]], kernel: [Float] = []) throws -> [[Float]] {
    let shape = [image.count, image[0].count, 1]
    let bench = try LayerBench(LayerExample(layer, on: shape), batchSize: 1)
    _ = bench.input.floats.update(fromContentsOf: image.joined())
    _ = bench.values.floats.update(fromContentsOf: kernel)
    try bench.run()
    let values = try bench.plainValues(bench.plan.output, like: nil)
    let width = try layer.outputShape(for: Shape(shape)).dimensions[1]
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }
}
