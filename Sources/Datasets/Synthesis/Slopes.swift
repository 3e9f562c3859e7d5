import Numerics

/// The course documents' images of one dimension: values on a line of random slope, with noise.
///
/// Value `i` of `H` is `slope * (i - (H - 1) / 2) + noise * z`, with `slope` evenly from -1 to 1 and `z` of the normal law. The
/// label is the slope of the line that fits the noisy values best, by least squares.
struct Slopes: Synthesizer {
  static let kind = "slopes"
  static let summary =
    "images one wide, of values on a line with noise; the label is the slope of the line that fits them"
  static let defaults = SynthesisSettings(shape: [5, 1, 1], classCount: nil, noise: 0.1)
  static let makesSignals = true
  static let storage = Split.Storage.float32

  private let settings: SynthesisSettings

  init(_ settings: SynthesisSettings) { self.settings = settings }

  func labels(of samples: Range<Int>) -> StoredSamples.Labels {
    .values(samples.map { Self.slope(of: values($0)) }, width: 1)
  }

  func writeImage(_ sample: Int, into bytes: UnsafeMutableRawBufferPointer) {
    values(sample).withUnsafeBytes { bytes.copyMemory(from: $0) }
  }

  private func values(_ sample: Int) -> [Float] {
    var random = settings.random(sample)
    let slope = random.uniform(-1, 1)
    let middle = Float(settings.shape[0] - 1) / 2
    return (0..<settings.shape[0]).map { slope * (Float($0) - middle) + settings.noise * Float(random.normal()) }
  }

  /// The slope of the line through equally spaced values that has the smallest sum of squared distances.
  static func slope(of values: [Float]) -> Float {
    let middle = Double(values.count - 1) / 2
    var (products, squares) = (0.0, 0.0)
    for (index, value) in values.enumerated() {
      let position = Double(index) - middle
      products += position * Double(value)
      squares += position * position
    }
    return Float(products / squares)
  }
}
