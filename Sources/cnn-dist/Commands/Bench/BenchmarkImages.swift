import Datasets

/// The images that are read for measurements: of CIFAR-10's shape, made by a formula.
enum BenchmarkImages {
  /// `[H, W, C]`.
  static let shape = [32, 32, 3]
  /// The size of an image in bytes.
  static let byteCount = 3072

  /// So many of them, in ten classes.
  static func source(count: Int) -> any SampleSource {
    var settings = SynthesisSettings(shape: shape, classCount: 10, noise: 0.2)
    settings.seed = 1
    return SyntheticSource(SynthesizerRegistry.blobs, settings, range: 0..<count)
  }
}
