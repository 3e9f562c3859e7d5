import HDF5

/// A contiguous range of a split's samples, as the store has them: bytes stay bytes.
///
/// Their labels are in memory. So are their pixels, or else they are read from the file batch by batch (``Paging``), which
/// ``prepare(_:)`` does. Samples are named by their index in the whole split.
///
/// Where all pixels are in memory nothing is written after `init`, and several threads may read; otherwise one thread at a
/// time uses the samples.
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

  /// The indices in the split of the samples.
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
  private let ownsPixels: Bool
  private let reader: PixelReader
  /// Brings pixels into memory; nil if all are there.
  private let paging: (any Paging)?

  /// Reads the samples `range` of a split into memory; the range may be empty.
  ///
  /// - Throws: `DatasetError` if the store has no such split, or a pixel that is not finite; `HDF5Error` if a read fails.
  public convenience init(of store: ImageStore, split name: SplitName, range: Range<Int>) throws {
    try self.init(of: store, split: name, range: range, paging: nil)
    try read(range)
  }

  /// Takes the samples `range` of a split from memory that others fill too; `read(_:)` fills this caller's part.
  ///
  /// - Parameter memory: room for all pixels, aligned for them, which must live as long as this.
  /// - Throws: `DatasetError` if the store has no such split.
  public convenience init(
    of store: ImageStore, split name: SplitName, range: Range<Int>, in memory: UnsafeMutableRawBufferPointer
  ) throws {
    try self.init(of: store, split: name, range: range, paging: nil, memory: memory)
  }

  /// Reads the samples `range` of a split in the orders of its parts, with two windows of each in memory.
  ///
  /// - Parameter orders: those of contiguous parts that follow each other, together `range`.
  /// - Throws: `DatasetError` if the store has no such split.
  public convenience init(
    of store: ImageStore, split name: SplitName, range: Range<Int>, following orders: [WindowedOrder]
  ) throws {
    try self.init(of: store, split: name, range: range, paging: WindowPaging(orders))
  }

  /// Reads the samples `range` of a split for each batch anew, in whatever order.
  ///
  /// - Throws: `DatasetError` if the store has no such split.
  public convenience init(
    of store: ImageStore, split name: SplitName, range: Range<Int>, inBatchesOf largestBatch: Int
  ) throws {
    try self.init(of: store, split: name, range: range, paging: DirectPaging(largestBatch: largestBatch))
  }

  private init(
    of store: ImageStore, split name: SplitName, range: Range<Int>, paging: (any Paging)?,
    memory: UnsafeMutableRawBufferPointer? = nil
  ) throws {
    let split = try store.split(name)
    precondition(
      range.lowerBound >= 0 && range.upperBound <= split.count, "samples \(range) of a split of \(split.count)")
    self.range = range
    self.paging = paging
    imageShape = split.imageShape
    elementsPerImage = split.elementsPerImage
    imageSize = ImageSize(split.imageShape)
    labels =
      switch split.labels {
      case .classes: .classes(try store.classLabels(of: name, range))
      case .values(let width): .values(try store.valueLabels(of: name, range), width: width)
      }
    reader = try PixelReader(of: store, split: name)
    ownsPixels = memory == nil
    if memory == nil {
      try store.requireMemory((paging?.capacity ?? range.count), split.bytesPerImage, for: "/\(name)/images")
    }
    let pixels = memory ?? Self.memory(byteCount: (paging?.capacity ?? range.count) * split.bytesPerImage)
    switch split.storage {
    case .uint8: self.pixels = .uint8(pixels.bindMemory(to: UInt8.self))
    case .float32: self.pixels = .float32(pixels.bindMemory(to: Float.self))
    }
  }

  /// New memory that begins with a page: the kernel copies from a file half as fast again as to odd addresses.
  ///
  /// Large memory begins with a large page, where the system has them.
  private static func memory(byteCount: Int) -> UnsafeMutableRawBufferPointer {
    let largePage = 2 << 20
    return .allocate(byteCount: byteCount, alignment: byteCount >= largePage ? largePage : 4096)
  }

  deinit {
    guard ownsPixels else { return }
    switch pixels {
    case .uint8(let buffer): buffer.deallocate()
    case .float32(let buffer): buffer.deallocate()
    }
  }

  /// The memory that pixels in the orders of these parts take, in bytes.
  public static func byteCount(following orders: [WindowedOrder], of split: Split) -> Int {
    WindowPaging.capacity(for: orders) * split.bytesPerImage
  }

  /// Reads the pixels of some of the samples into memory that holds all of them.
  ///
  /// - Throws: `DatasetError` if a pixel is not finite; `HDF5Error` if a read fails.
  public func read(_ samples: Range<Int>) throws {
    precondition(paging == nil, "samples that are read when they are needed")
    try read(samples, to: samples.lowerBound - range.lowerBound)
  }

  /// Makes the pixels of a batch's samples available until the next call; nothing is to be done if all are in memory.
  ///
  /// Where samples are read in orders of their parts, batches must come in these orders.
  ///
  /// - Throws: `DatasetError` if a pixel is not finite; `HDF5Error` if a read fails.
  public func prepare(_ indices: [Int]) throws { try paging?.prepare(indices) { try read($0, to: $1) } }

  /// Goes to an epoch, counted from 0, and there to a position in each part, if samples are read in orders of their parts.
  public func seek(epoch: Int, positions: [Int]) {
    (paging as? WindowPaging)?.seek(epoch: epoch, positions: positions)
  }

  /// Whether all pixels are in memory.
  public var isResident: Bool { paging == nil }

  /// Reads samples to a place in memory, counted in samples.
  private func read(_ samples: Range<Int>, to place: Int) throws {
    let elements = place * elementsPerImage..<(place + samples.count) * elementsPerImage
    switch pixels {
    case .uint8(let buffer): try reader.read(samples, into: UnsafeMutableBufferPointer(rebasing: buffer[elements]))
    case .float32(let buffer): try reader.read(samples, into: UnsafeMutableBufferPointer(rebasing: buffer[elements]))
    }
  }

  /// The number of samples.
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
    let start = firstElement(of: index)
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
    let start = firstElement(of: index)
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

  /// Where the sample with this index in the split is among those in `range`.
  private func position(of index: Int) -> Int {
    precondition(range.contains(index), "sample \(index) is not among the samples \(range)")
    return index - range.lowerBound
  }

  /// Where the pixels of the sample begin in memory.
  private func firstElement(of index: Int) -> Int {
    let position = position(of: index)
    return (paging?.place(of: index) ?? position) * elementsPerImage
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
