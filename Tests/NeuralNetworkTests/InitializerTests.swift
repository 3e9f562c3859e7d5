import Foundation
import Numerics
import Testing

@testable import NeuralNetwork

@Suite struct InitializerTests {
  /// The fans of the documents' networks, as Keras counts them.
  @Test func fansAreKeras() {
    #expect(fans(of: [3, 3, 1, 10]) == (9, 90))
    #expect(fans(of: [3, 3, 32, 64]) == (288, 576))
    #expect(fans(of: [90, 50]) == (90, 50))
    #expect(fans(of: [50]) == (50, 50))
  }

  /// An initializer, and the law its values must follow for a kernel of [250, 400].
  struct Example: CustomTestStringConvertible, Sendable {
    let settings: String
    var mean = 0.0
    let deviation: Double
    /// No value is farther from 0.
    let bound: Double

    var testDescription: String { settings }
  }

  static let examples = [
    Example(settings: #""Zeros""#, deviation: 0, bound: 0),
    Example(settings: #""ones""#, mean: 1, deviation: 0, bound: 1),
    Example(settings: #"{"Constant": {"value": 0.25}}"#, mean: 0.25, deviation: 0, bound: 0.25),
    uniform(#""random_uniform""#, 0.05),
    Example(
      settings: #"{"RandomUniform": {"minval": -1, "maxval": 2}}"#, mean: 0.5, deviation: 3 / 12.0.squareRoot(),
      bound: 2),
    Example(settings: #"{"RandomNormal": {"mean": 1, "stddev": 0.5}}"#, mean: 1, deviation: 0.5, bound: 4.5),
    Example(
      settings: #"{"TruncatedNormal": {"mean": 1, "stddev": 0.5}}"#, mean: 1, deviation: 0.5 * 0.87962566103423978,
      bound: 2),
    uniform(#""glorot_uniform""#, (6.0 / 650).squareRoot()), normal(#""GlorotNormal""#, 2.0 / 650),
    uniform(#""he_uniform""#, (6.0 / 250).squareRoot()), normal(#""HeNormal""#, 2.0 / 250),
    uniform(#""lecun_uniform""#, (3.0 / 250).squareRoot()), normal(#""LecunNormal""#, 1.0 / 250),
    uniform(#""plain_uniform""#, (1.0 / 250).squareRoot()), normal(#""VarianceScaling""#, 1.0 / 250),
    uniform(
      #"{"VarianceScaling": {"scale": 3, "mode": "fan_out", "distribution": "uniform"}}"#, (9.0 / 400).squareRoot()),
    normal(#"{"VarianceScaling": {"scale": 3, "mode": "fan_avg", "distribution": "normal"}}"#, 3.0 / 325),
    Example(
      settings: #"{"VarianceScaling": {"distribution": "untruncated_normal"}}"#, deviation: (1.0 / 250).squareRoot(),
      bound: 7 * (1.0 / 250).squareRoot()),
  ]

  /// Columns, or where there are more of them, rows, are orthogonal and of length `gain`; a convolution's window is rows.
  @Test(arguments: [[6, 4], [4, 6], [3, 3, 2, 5], [5, 5]]) func orthogonal(shape: [Int]) throws {
    let columns = try #require(shape.last)
    let rows = shape.dropLast().reduce(1, *)
    var values = [Float](repeating: 0, count: rows * columns)
    var span = values.mutableSpan
    var stream = RandomStream(seed: 1, purpose: .initialization, 0)
    Orthogonal(gain: 2).fill(&span, shape: shape, from: &stream)
    let isTall = rows >= columns
    func vector(_ number: Int) -> [Float] {
      (0..<max(rows, columns)).map { values[isTall ? $0 * columns + number : number * columns + $0] }
    }
    for one in 0..<min(rows, columns) {
      for other in 0...one {
        let product = zip(vector(one), vector(other)).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (one == other ? 4 : 0)) < 1e-5)
      }
    }
  }

  /// As `keras.initializers.Identity(gain=2)` fills [2, 3].
  @Test func identity() {
    var values = [Float](repeating: 9, count: 6)
    var span = values.mutableSpan
    var stream = RandomStream(seed: 1, purpose: .initialization, 0)
    Identity(gain: 2).fill(&span, shape: [2, 3], from: &stream)
    #expect(values == [2, 0, 0, 0, 2, 0])
  }

  private static func uniform(_ settings: String, _ limit: Double) -> Example {
    Example(settings: settings, deviation: limit / 3.0.squareRoot(), bound: limit)
  }

  /// Keras' normal laws are cut at 2 deviations and widened so that this one remains.
  private static func normal(_ settings: String, _ variance: Double) -> Example {
    Example(
      settings: settings, deviation: variance.squareRoot(), bound: 2 * variance.squareRoot() / 0.87962566103423978)
  }

  @Test func everyInitializerHasAnExample() throws {
    let kinds = try Self.examples.map { type(of: try read($0.settings)).kind }
    // Those that draw no single numbers have tests of their own.
    #expect(Set(kinds).union(["Orthogonal", "Identity"]) == Set(InitializerRegistry.types.map { $0.kind }))
  }

  /// Over 100,000 draws the mean has a deviation of 0.0032 of the law's, and the law's deviation one of at most 0.0022 of
  /// itself (the normal law's): five of each are allowed.
  @Test(arguments: examples)
  func hasItsMomentsAndBounds(example: Example) throws {
    let values = try fill(read(example.settings), [250, 400])
    #expect(values.allSatisfy { abs($0) <= example.bound * (1 + 1e-6) })
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    #expect(abs(mean - example.mean) <= 0.016 * example.deviation)
    #expect(abs(variance.squareRoot() - example.deviation) <= 0.011 * example.deviation)
    // The whole interval is used.
    if example.bound < 4 * example.deviation, example.mean == 0 {
      #expect((values.max() ?? 0) > 0.99 * example.bound && (values.min() ?? 0) < -0.99 * example.bound)
    }
  }

  @Test(arguments: examples)
  func survivesKerasForm(example: Example) throws {
    let initializer = try read(example.settings)
    let written = try JSONEncoder().encode(Choice<InitializerRegistry>(initializer))
    #expect(try fill(read(String(decoding: written, as: UTF8.self)), [7, 9]) == fill(initializer, [7, 9]))
  }

  /// Keras has no name for the documents' law, but it has the law.
  @Test func plainUniformIsWrittenAsVarianceScaling() throws {
    let written = String(decoding: try JSONEncoder().encode(Choice<InitializerRegistry>(PlainUniform())), as: UTF8.self)
    #expect(written.contains(#""class_name":"VarianceScaling""#) && written.contains(#""mode":"fan_in""#))
  }

  @Test(arguments: [
    (#"{"VarianceScaling": {"scale": 0}}"#, "VarianceScaling.scale: expected a number above 0"),
    (#"{"VarianceScaling": {"mode": "fan"}}"#, "VarianceScaling: unknown mode 'fan'; known: fan_in, fan_out, fan_avg"),
    (#"{"VarianceScaling": {"distribution": "gauss"}}"#, "VarianceScaling: unknown distribution 'gauss'"),
    (#"{"RandomUniform": {"minval": 1}}"#, "RandomUniform: minval must be below maxval"),
    (#"{"RandomNormal": {"stddev": -1}}"#, "RandomNormal.stddev: expected a number from 0 up"),
    (#"{"HeNormal": {"scale": 2}}"#, "HeNormal: unknown key 'scale'"),
    (#"{"HeNormal": {"input_axes": [0]}}"#, "HeNormal: 'input_axes' has a value that is not supported"),
  ])
  func refusesNonsense(json: String, text: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(json) }
    #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
  }

  /// Each parameter has a stream of its own: its values do not depend on what comes before it.
  @Test func parametersDependOnSeedAndNumberOnly() throws {
    func kernel(_ seed: UInt64, units: Int) throws -> [Float] {
      let model = ModelDescription(name: "model", layers: [Dense(units: units), Dense(units: 4)])
      let table = try model.parameterTable(for: Shape([5]))
      let slab = Slab(count: table.slabCount)
      table.initialize(slab, seed: seed)
      return Array(slab.floats.extracting(table.entries[0].range))
    }
    #expect(try kernel(1, units: 3) == kernel(1, units: 3))
    #expect(try kernel(1, units: 3) != kernel(2, units: 3))
  }

  private func read(_ json: String) throws -> any Initializer {
    try JSONDecoder().decode(Choice<InitializerRegistry>.self, from: Data(json.utf8)).value
  }

  private func fill(_ initializer: any Initializer, _ shape: [Int]) -> [Double] {
    let slab = Slab(count: shape.reduce(1, *))
    var span = slab.floats.mutableSpan
    var stream = RandomStream(seed: 9, purpose: .initialization)
    initializer.fill(&span, shape: shape, from: &stream)
    return slab.floats.map(Double.init)
  }
}
