/// The range of the pixels of some samples, and their mean.
public struct PixelStatistics: Sendable, Equatable, Encodable {
  /// The smallest pixel.
  public private(set) var minimum = Float.infinity
  /// The largest pixel.
  public private(set) var maximum = -Float.infinity
  /// The mean of all pixels.
  public var mean: Double { count > 0 ? sum / Double(count) : .nan }

  private var sum = 0.0
  private var count = 0

  private enum CodingKeys: String, CodingKey { case minimum, maximum, mean }

  /// Reads all pixels of a part, about 16 MiB at a time.
  ///
  /// - Throws: `DatasetError` that names the first sample with a pixel that is not finite; `HDF5Error` if a read fails.
  public init(of store: ImageStore, split name: SplitName) throws {
    let split = try store.split(name)
    let reader = try PixelReader(of: store, split: name)
    let chunkRows = reader.rowsPerChunk ?? 1
    let rowsPerRead =
      max(1, (16 << 20) / max(1, chunkRows * split.elementsPerImage * split.storage.byteCount)) * chunkRows
    let capacity = min(rowsPerRead, split.count) * split.elementsPerImage
    try store.requireMemory(capacity, split.storage.byteCount, for: "/\(name)/images")
    switch split.storage {
    case .uint8:
      let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
      defer { buffer.deallocate() }
      for rows in blocks(split.count, rowsPerRead) {
        let pixels = UnsafeMutableBufferPointer(rebasing: buffer[..<(rows.count * split.elementsPerImage)])
        try reader.read(rows, into: pixels)
        add(UnsafeBufferPointer(pixels))
      }
    case .float32:
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: capacity)
      defer { buffer.deallocate() }
      for rows in blocks(split.count, rowsPerRead) {
        let pixels = UnsafeMutableBufferPointer(rebasing: buffer[..<(rows.count * split.elementsPerImage)])
        try reader.read(rows, into: pixels)
        add(UnsafeBufferPointer(pixels))
      }
    }
  }

  /// Writes the three numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(minimum, forKey: .minimum)
    try container.encode(maximum, forKey: .maximum)
    try container.encode(mean, forKey: .mean)
  }

  private mutating func add(_ pixels: UnsafeBufferPointer<UInt8>) {
    let span = pixels.span
    var (least, most, total) = (UInt8.max, UInt8.min, 0)
    for index in 0..<span.count {
      let pixel = span[unchecked: index]
      least = min(least, pixel)
      most = max(most, pixel)
      total &+= Int(pixel)
    }
    merge(Float(least), Float(most), Double(total), span.count)
  }

  private mutating func add(_ pixels: UnsafeBufferPointer<Float>) {
    let span = pixels.span
    var (least, most, total) = (Float.infinity, -Float.infinity, 0.0)
    for index in 0..<span.count {
      let pixel = span[unchecked: index]
      least = min(least, pixel)
      most = max(most, pixel)
      total += Double(pixel)
    }
    merge(least, most, total, span.count)
  }

  private mutating func merge(_ least: Float, _ most: Float, _ total: Double, _ pixels: Int) {
    minimum = min(minimum, least)
    maximum = max(maximum, most)
    sum += total
    count += pixels
  }
}

/// The positions from 0 to `count`, in ranges of so many.
private func blocks(_ count: Int, _ rows: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: rows).map { $0..<min(count, $0 + rows) }
}
