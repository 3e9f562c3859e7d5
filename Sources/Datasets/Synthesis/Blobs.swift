import Glibc
import Numerics

/// Bright spots on noise: the class says where the spot is.
///
/// The centres stand on a circle of 0.3 of the height and width around the middle, class `c` of `n` at the angle `2πc/n`; each
/// sample's is moved by up to 0.05 of them. The spot is a Gaussian with a deviation of an eighth of the shorter side.
struct Blobs: Synthesizer {
  static let kind = "blobs"
  static let summary = "bright spots on noise; the class says where the spot is"
  static let defaults = SynthesisSettings(shape: [16, 16, 1], classCount: 4, noise: 0.2)
  static let makesSignals = false
  static let storage = Split.Storage.uint8

  private let settings: SynthesisSettings

  init(_ settings: SynthesisSettings) { self.settings = settings }

  func labels(of samples: Range<Int>) -> StoredSamples.Labels { settings.classLabels(of: samples) }

  func writeImage(_ sample: Int, into bytes: UnsafeMutableRawBufferPointer) {
    var random = settings.random(sample)
    let (height, width, channels) = (settings.shape[0], settings.shape[1], settings.shape[2])
    let angle = 2 * Float.pi * Float(settings.classLabel(sample)) / Float(settings.classCount ?? 1)
    let row = 0.5 + 0.3 * sin(angle) + random.uniform(-0.05, 0.05)
    let column = 0.5 + 0.3 * cos(angle) + random.uniform(-0.05, 0.05)
    let deviation = Float(min(height, width)) / 8
    let rows = profile(height, around: row, deviation)
    let columns = profile(width, around: column, deviation)
    var pixels = NoisyBytes(bytes, strength: settings.noise, random)
    for row in rows { for column in columns { pixels.append(0.1 + 0.7 * row * column, channels: channels) } }
  }

  /// The Gaussian along one side of the image.
  private func profile(_ length: Int, around center: Float, _ deviation: Float) -> [Float] {
    (0..<length).map { position in
      let distance = (Float(position) + 0.5 - center * Float(length)) / deviation
      return exp(-distance * distance / 2)
    }
  }
}
