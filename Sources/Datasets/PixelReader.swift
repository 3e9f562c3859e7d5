import HDF5

/// Reads the pixels of one part of a store, as memory keeps them: `[samples, H, W, C]`, bytes as bytes.
///
/// Holds the dataset open, so that its cache of chunks serves one read after the other. Safe to use from several threads.
public final class PixelReader: Sendable {
  /// The path of the file, for messages.
  let file: String
  /// The path of the images in the file, for messages.
  let object: String
  private let images: Dataset
  private let axes: ImageAxes
  /// Where the part starts in the dataset.
  private let firstRow: Int

  /// Opens the images of a part.
  ///
  /// - Throws: `DatasetError` if the store has no such part; `HDF5Error` if it cannot be opened.
  public init(of store: ImageStore, split name: SplitName) throws {
    let part = try store.part(name)
    file = part.images.file.name
    object = part.images.path
    images = try part.images.openNumbers()
    axes = part.axes
    firstRow = part.rows.lowerBound
  }

  /// The samples of a chunk, which are read together; nil if the images lie in one piece.
  public var rowsPerChunk: Int? { images.chunkShape.map { min($0[0], images.shape[0]) } }

  /// The pixels of the samples `rows`, as a new array `[rows, H, W, C]`.
  func values<T: Element>(_ rows: Range<Int>, as type: T.Type = T.self) throws -> [T] {
    let count = rows.count * images.shape.dropFirst().reduce(1, *)
    try DatasetError.requireMemory(count, MemoryLayout<T>.stride, for: object, of: file)
    return try [T](unsafeUninitializedCapacity: count) { room, filled in
      try readRows(rows, UnsafeMutableBufferPointer(start: room.baseAddress, count: count))
      filled = count
    }
  }

  /// Reads the samples `rows` as bytes, `[rows, H, W, C]`.
  func read(_ rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<UInt8>) throws { try readRows(rows, buffer) }

  /// Reads the samples `rows` as numbers, `[rows, H, W, C]`, all of them finite.
  ///
  /// - Throws: `DatasetError` that names the first sample with a pixel that is not finite.
  func read(_ rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    try readRows(rows, buffer)
    guard let index = firstNotFinite(UnsafeBufferPointer(buffer)) else { return }
    throw DatasetError(
      file: file, object: object, expected: "finite numbers",
      found: "\(buffer[index]) in sample \(firstRow + rows.lowerBound + index * rows.count / buffer.count)",
      advice: "leave out the samples with missing pixels, or fill them in")
  }

  /// A read takes about 16 MiB of whole chunks: little enough that libhdf5's buffers for conversion do not double the
  /// memory, and no chunk is decompressed for two reads.
  private func readRows<T: Element>(_ rows: Range<Int>, _ buffer: UnsafeMutableBufferPointer<T>) throws {
    let elementsPerRow = images.shape.dropFirst().reduce(1, *)
    let chunkRows = rowsPerChunk ?? 1
    let bytesPerChunk = chunkRows * elementsPerRow * max(MemoryLayout<T>.size, images.elementType.byteCount)
    let rowsPerRead = max(1, (16 << 20) / bytesPerChunk) * chunkRows
    let rows = firstRow + rows.lowerBound..<firstRow + rows.upperBound
    var start = rows.lowerBound
    while start < rows.upperBound {
      let end = min(rows.upperBound, (start / chunkRows) * chunkRows + rowsPerRead)
      let first = (start - rows.lowerBound) * elementsPerRow
      let piece = first..<first + (end - start) * elementsPerRow
      try readPiece(start..<end, UnsafeMutableBufferPointer(rebasing: buffer[piece]))
      start = end
    }
  }

  /// Reads rows of the dataset, and brings them into the order of memory.
  private func readPiece<T: Element>(_ rows: Range<Int>, _ buffer: UnsafeMutableBufferPointer<T>) throws {
    let isInOrder = axes == .nhwc || axes == .nhw || (axes == .nchw && images.shape[1] == 1)
    if isInOrder { return try images.read(rows: rows, into: buffer) }
    try DatasetError.requireMemory(buffer.count, MemoryLayout<T>.stride, for: object, of: file)
    let stored = UnsafeMutableBufferPointer<T>.allocate(capacity: buffer.count)
    defer { stored.deallocate() }
    try images.read(rows: rows, into: stored)
    if axes == .nchw {
      moveChannelsLast(
        UnsafeBufferPointer(stored), channels: images.shape[1], pixels: images.shape[2] * images.shape[3], into: buffer)
    } else {
      axes.reorder(UnsafeBufferPointer(stored), imageShape: axes.imageShape(of: images.shape), into: buffer)
    }
  }
}

/// Where the first NaN or infinity is; nil if there is none.
private func firstNotFinite(_ values: UnsafeBufferPointer<Float>) -> Int? {
  // Without its sign, a number that is not finite has the largest bits; a maximum of integers is a matter of vectors.
  var largest: UInt32 = 0
  let span = values.span
  for index in 0..<span.count { largest = max(largest, span[unchecked: index].bitPattern & 0x7FFF_FFFF) }
  return largest < Float.infinity.bitPattern ? nil : values.firstIndex { !$0.isFinite }
}
