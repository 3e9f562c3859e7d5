/// Samples on their way into a store: how many there are, what they are like, and how to get each.
public protocol SampleSource: AnyObject, Sendable {
  /// The shape of an image, `[H, W, C]`.
  var imageShape: [Int] { get }
  /// How its pixels are stored: what ``copyImage(_:into:)`` writes.
  var storage: Split.Storage { get }
  /// The labels, one for each sample; they say how many samples there are.
  var labels: StoredSamples.Labels { get }

  /// Copies the pixels `[H, W, C]` of one image, in the machine's byte order.
  ///
  /// Called from one thread at a time, in any order of images.
  ///
  /// - Parameter bytes: exactly an image's size.
  /// - Throws: an error that names the file if the pixels cannot be read.
  func copyImage(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) throws
}

extension SampleSource {
  /// The number of samples.
  public var count: Int { labels.count }
  /// The size of an image in bytes.
  public var bytesPerImage: Int { imageShape.reduce(1, *) * storage.byteCount }
}
