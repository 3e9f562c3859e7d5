import HDF5

/// A contiguous range of a split's samples, held in memory as the store has them: bytes stay bytes.
///
/// Samples are named by their index in the whole split. The memory is never written after `init`, so several threads
/// may read it.
public final class StoredSamples: @unchecked Sendable {
  /// The labels of the samples, in the order of `range`.
  public enum Labels: Sendable, Equatable {
    /// The number of a class for each sample.
    case classes([Int32])
    /// `width` real numbers for each sample, `[samples, width]`.
    case values([Float], width: Int)

    /// The number of samples.
    public var count: Int {
      switch self {
      case .classes(let classes): classes.count
      case .values(let values, let width): values.count / width
      }
    }
  }

  /// The indices in the split of the samples held.
  public let range: Range<Int>
  /// The shape of an image, `[H, W, C]`.
  public let imageShape: [Int]
  /// The number of values of an image.
  public let elementsPerImage: Int
  let imageSize: ImageSize
  /// The labels, in the order of `range`.
  public let labels: Labels
  /// The numbers of a sample's label; 0 if labels are classes.
  public var valuesPerSample: Int { if case .values(_, let width) = labels { width } else { 0 } }

  /// The pixels `[samples, H, W, C]`, in one of two types.
  private enum Pixels {
    case uint8(UnsafeMutableBufferPointer<UInt8>)
    case float32(UnsafeMutableBufferPointer<Float>)
  }

  private let pixels: Pixels

  /// Reads the samples `range` of a split; the range may be empty.
  ///
  /// - Throws: `DatasetError` if the store has no such split, or a pixel that is not finite; `HDF5Error` if a read fails.
  public init(of store: ImageStore, split name: SplitName, range: Range<Int>) throws {
    let split = try store.split(name)
    precondition(
      range.lowerBound >= 0 && range.upperBound <= split.count, "samples \(range) of a split of \(split.count)")
    self.range = range
    imageShape = split.imageShape
    elementsPerImage = split.elementsPerImage
    imageSize = ImageSize(split.imageShape)
    labels =
      switch split.labels {
      case .classes: .classes(try store.classLabels(of: name, range))
      case .values(let width): .values(try store.valueLabels(of: name, range), width: width)
      }
    let reader = try PixelReader(of: store, split: name)
    let elements = range.count * elementsPerImage
    switch split.storage {
    case .uint8: pixels = .uint8(try filled(elements) { try reader.read(range, into: $0) })
    case .float32: pixels = .float32(try filled(elements) { try reader.read(range, into: $0) })
    }
  }

  deinit {
    switch pixels {
    case .uint8(let buffer): buffer.deallocate()
    case .float32(let buffer): buffer.deallocate()
    }
  }

  /// The number of samples held.
  public var count: Int { range.count }

  /// The memory that the pixels take.
  public var byteCount: Int {
    switch pixels {
    case .uint8(let buffer): buffer.count
    case .float32(let buffer): buffer.count * MemoryLayout<Float>.size
    }
  }

  /// Whether a pixel is a byte, 0 to 255.
  var storesBytes: Bool { if case .uint8 = pixels { true } else { false } }

  /// Writes the image with this index in the split, `[H, W, C]`, with its pixels moved by `transform`.
  func resampleImage(
    _ index: Int, by transform: AffineTransform, fill: FillMode, constant: Float,
    into image: UnsafeMutableBufferPointer<Float>
  ) {
    let start = position(of: index) * elementsPerImage
    switch pixels {
    case .uint8(let buffer):
      let source = UnsafeBufferPointer(rebasing: buffer[start..<start + elementsPerImage])
      resample(source, imageSize, by: transform, fill: fill, constant: constant, into: image)
    case .float32(let buffer):
      let source = UnsafeBufferPointer(rebasing: buffer[start..<start + elementsPerImage])
      resample(source, imageSize, by: transform, fill: fill, constant: constant, into: image)
    }
  }

  /// Copies the image with this index in the split, `[H, W, C]`; bytes become 0 to 255.
  public func copyImage(_ index: Int, into image: inout MutableSpan<Float>) {
    precondition(image.count == elementsPerImage, "room for \(image.count) of \(elementsPerImage) values")
    let start = position(of: index) * elementsPerImage
    switch pixels {
    case .uint8(let buffer): convert(UnsafeBufferPointer(rebasing: buffer[start..<start + elementsPerImage]), &image)
    case .float32(let buffer): convert(UnsafeBufferPointer(rebasing: buffer[start..<start + elementsPerImage]), &image)
    }
  }

  /// The class of the sample with this index in the split.
  public func classLabel(_ index: Int) -> Int32 {
    guard case .classes(let classes) = labels else { preconditionFailure("the labels are not classes") }
    return classes[position(of: index)]
  }

  /// Copies the values of the sample with this index in the split, `[width]`.
  public func copyValues(_ index: Int, into values: inout MutableSpan<Float>) {
    guard case .values(let all, let width) = labels else { preconditionFailure("the labels are classes") }
    precondition(values.count == width, "room for \(values.count) of \(width) values")
    let start = position(of: index) * width
    for offset in 0..<width { values[offset] = all[start + offset] }
  }

  /// Where the sample with this index in the split lies in memory.
  private func position(of index: Int) -> Int {
    precondition(range.contains(index), "sample \(index) is not among the resident samples \(range)")
    return index - range.lowerBound
  }
}

private func convert(_ source: UnsafeBufferPointer<UInt8>, _ image: inout MutableSpan<Float>) {
  let source = source.span
  for index in 0..<source.count { image[unchecked: index] = Float(source[unchecked: index]) }
}

private func convert(_ source: UnsafeBufferPointer<Float>, _ image: inout MutableSpan<Float>) {
  let source = source.span
  for index in 0..<source.count { image[unchecked: index] = source[unchecked: index] }
}

/// New memory, filled; the caller deallocates it.
private func filled<T: BitwiseCopyable>(
  _ count: Int, by read: (UnsafeMutableBufferPointer<T>) throws -> Void
) throws -> UnsafeMutableBufferPointer<T> {
  let buffer = UnsafeMutableBufferPointer<T>.allocate(capacity: count)
  do {
    try read(buffer)
  } catch {
    buffer.deallocate()
    throw error
  }
  return buffer
}
