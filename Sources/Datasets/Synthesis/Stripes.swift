import Glibc
import Numerics

/// Stripes on noise: the class says their direction, and of more than four classes their width too.
///
/// Of `n` classes there are `w = ⌈n/4⌉` widths and `d = ⌈n/w⌉` directions. Class `c` has the direction `π(c mod d)/d` and
/// `2 + 2⌊c/d⌋` periods on the shorter side; where the stripes begin is random.
struct Stripes: Synthesizer {
  static let kind = "stripes"
  static let summary = "stripes on noise; the class says their direction, and of more than four classes their width too"
  static let defaults = SynthesisSettings(shape: [16, 16, 1], classCount: 4, noise: 0.2)
  static let makesSignals = false
  static let storage = Split.Storage.uint8

  private let settings: SynthesisSettings

  init(_ settings: SynthesisSettings) { self.settings = settings }

  func labels(of samples: Range<Int>) -> StoredSamples.Labels { settings.classLabels(of: samples) }

  func writeImage(_ sample: Int, into bytes: UnsafeMutableRawBufferPointer) {
    var random = settings.random(sample)
    let (height, width, channels) = (settings.shape[0], settings.shape[1], settings.shape[2])
    let (direction, periods) = stripes(ofClass: settings.classLabel(sample))
    let wave = 2 * Float.pi * periods / Float(min(height, width))
    let phase = random.uniform(0, 2 * .pi)
    // sin(a + b) = sin a cos b + cos a sin b, so sines are taken of each row and each column only.
    let rows = (0..<height).map { sinAndCosine(wave * sin(direction) * Float($0) + phase) }
    let columns = (0..<width).map { sinAndCosine(wave * cos(direction) * Float($0)) }
    var pixels = NoisyBytes(bytes, strength: settings.noise, random)
    for row in rows {
      for column in columns {
        pixels.append(0.5 + 0.35 * (row.sine * column.cosine + row.cosine * column.sine), channels: channels)
      }
    }
  }

  private func stripes(ofClass number: Int) -> (direction: Float, periods: Float) {
    let classCount = settings.classCount ?? 1
    let widths = (classCount + 3) / 4
    let directions = (classCount + widths - 1) / widths
    return (.pi * Float(number % directions) / Float(directions), Float(2 + 2 * (number / directions)))
  }

  private func sinAndCosine(_ angle: Float) -> (sine: Float, cosine: Float) { (sin(angle), cos(angle)) }
}
