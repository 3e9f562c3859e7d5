import HDF5

/// The samples of one part of a store, on their way into another.
///
/// Images are read by blocks of some megabytes, so taking them in their order is as fast as reading the store.
public final class StoreSource: SampleSource, @unchecked Sendable {
  private static let bytesPerBlock = 8 << 20

  /// The shape of an image, `[H, W, C]`.
  public let imageShape: [Int]
  /// How its pixels are stored.
  public let storage: Split.Storage
  /// The labels of the samples.
  public let labels: StoredSamples.Labels

  private let reader: PixelReader
  private let rowCount: Int
  private let rowsPerBlock: Int
  private let block: UnsafeMutableRawBufferPointer
  /// The samples that are in the block.
  private var rows = 0..<0

  /// Opens a part of a store.
  ///
  /// - Throws: `DatasetError` if the store has no such part; `HDF5Error` if it cannot be read.
  public init(of store: ImageStore, split name: SplitName) throws {
    let split = try store.split(name)
    imageShape = split.imageShape
    storage = split.storage
    labels =
      switch split.labels {
      case .classes: .classes(try store.classLabels(of: name, 0..<split.count))
      case .values(let width): .values(try store.valueLabels(of: name, 0..<split.count), width: width)
      }
    reader = try PixelReader(of: store, split: name)
    rowCount = split.count
    // Whole chunks, so that none is decompressed for two blocks.
    let bytesPerImage = split.elementsPerImage * split.storage.byteCount
    let chunkRows = reader.rowsPerChunk ?? 1
    rowsPerBlock = min(split.count, max(1, Self.bytesPerBlock / (bytesPerImage * chunkRows)) * chunkRows)
    try store.requireMemory(rowsPerBlock, bytesPerImage, for: "/\(name)/images")
    block = .allocate(byteCount: rowsPerBlock * bytesPerImage, alignment: 64)
  }

  deinit { block.deallocate() }

  /// Copies one image.
  ///
  /// - Throws: `DatasetError` that names the first pixel of the block that is not finite; `HDF5Error` if a read fails.
  public func copyImage(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    if !rows.contains(index) { try readBlock(with: index) }
    let start = (index - rows.lowerBound) * bytesPerImage
    bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[start..<start + bytesPerImage]))
  }

  private func readBlock(with index: Int) throws {
    let start = index / rowsPerBlock * rowsPerBlock
    let wanted = start..<min(rowCount, start + rowsPerBlock)
    rows = 0..<0
    let piece = UnsafeMutableRawBufferPointer(rebasing: block[..<(wanted.count * bytesPerImage)])
    switch storage {
    case .uint8: try reader.read(wanted, into: piece.bindMemory(to: UInt8.self))
    case .float32: try reader.read(wanted, into: piece.bindMemory(to: Float.self))
    }
    rows = wanted
  }
}
