import Numerics

/// Makes samples by a formula: for tests and for measurements at any size.
///
/// Each sample is a function of the settings and of its index, so a store of any size takes no memory. A new kind is one
/// file and one line in ``SynthesizerRegistry``.
public protocol Synthesizer: Sendable {
  /// What `cnn-dist dataset synthesize` calls it.
  static var kind: String { get }
  /// What it makes, in a line of the help.
  static var summary: String { get }
  /// What it makes unless something else is asked for.
  static var defaults: SynthesisSettings { get }
  /// Whether its images are one wide, so that their size is a number of values.
  static var makesSignals: Bool { get }
  /// How its pixels are stored.
  static var storage: Split.Storage { get }

  /// Takes the settings.
  init(_ settings: SynthesisSettings)

  /// The labels of some samples of the endless sequence.
  func labels(of samples: Range<Int>) -> StoredSamples.Labels

  /// Writes the pixels `[H, W, C]` of a sample of the endless sequence.
  func writeImage(_ sample: Int, into bytes: UnsafeMutableRawBufferPointer)
}

/// What can be said about samples to be made.
public struct SynthesisSettings: Sendable {
  /// The shape of an image, `[H, W, C]`.
  public var shape: [Int]
  /// The number of classes; nil if labels are numbers.
  public var classCount: Int?
  /// How strong the noise is.
  public var noise: Float
  /// What the random numbers depend on.
  public var seed: UInt64 = 0

  /// Settings with seed 0.
  public init(shape: [Int], classCount: Int?, noise: Float) {
    self.shape = shape
    self.classCount = classCount
    self.noise = noise
  }

  /// The random numbers of a sample.
  func random(_ sample: Int) -> RandomStream {
    let index = UInt64(sample)
    return RandomStream(
      seed: seed, purpose: .sampling, UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
      SamplingKey.synthesis)
  }

  /// The class of a sample: one after the other, so that all are equally frequent.
  func classLabel(_ sample: Int) -> Int { sample % (classCount ?? 1) }

  /// The classes of some samples.
  func classLabels(of samples: Range<Int>) -> StoredSamples.Labels {
    .classes(samples.map { Int32(classLabel($0)) })
  }
}

/// All kinds of samples that can be made.
public enum SynthesizerRegistry {
  /// The kinds; a new one is a line here.
  public static let all: [any Synthesizer.Type] = [Slopes.self, blobs, Stripes.self]
  /// Bright spots on noise, which measurements use.
  public static let blobs: any Synthesizer.Type = Blobs.self
}

/// Samples of the endless sequence that a synthesizer makes.
public final class SyntheticSource: SampleSource {
  /// The shape of an image, `[H, W, C]`.
  public let imageShape: [Int]
  /// How its pixels are stored.
  public let storage: Split.Storage
  /// The labels of the samples.
  public let labels: StoredSamples.Labels

  private let synthesizer: any Synthesizer
  private let first: Int

  /// The samples `range` of a kind.
  public init(_ kind: any Synthesizer.Type, _ settings: SynthesisSettings, range: Range<Int>) {
    synthesizer = kind.init(settings)
    imageShape = settings.shape
    storage = kind.storage
    labels = synthesizer.labels(of: range)
    first = range.lowerBound
  }

  /// Makes an image.
  public func copyImage(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) {
    synthesizer.writeImage(first + index, into: bytes)
  }
}
