import Archives

/// Images that arrive one by one, and are kept as bytes as long as all their values are whole numbers from 0 to 255.
///
/// They lie in blocks of some megabytes, so that nothing is copied when more arrive.
struct PixelRows: Sendable {
  private enum Blocks: Sendable {
    case bytes([[UInt8]])
    case floats([[Float]])
  }

  /// The number of values of an image.
  let width: Int
  /// The number of images.
  private(set) var count = 0
  private let rowsPerBlock: Int
  private var blocks = Blocks.bytes([])

  init(width: Int) {
    self.width = width
    rowsPerBlock = max(1, (4 << 20) / max(1, width))
  }

  /// How the values are kept.
  var storage: Split.Storage { if case .bytes = blocks { .uint8 } else { .float32 } }

  /// Adds an image of finite values.
  mutating func append(_ values: [Float]) {
    precondition(values.count == width, "\(values.count) values instead of \(width)")
    if case .bytes(let bytes) = blocks, !areBytes(values) { blocks = .floats(bytes.map { $0.map(Float.init) }) }
    // While the enum holds the arrays too, they would be copied to be changed.
    switch blocks {
    case .bytes(var bytes):
      blocks = .bytes([])
      if count % rowsPerBlock == 0 { bytes.append([]) }
      bytes[bytes.count - 1].append(contentsOf: values.lazy.map { UInt8($0) })
      blocks = .bytes(bytes)
    case .floats(var floats):
      blocks = .floats([])
      if count % rowsPerBlock == 0 { floats.append([]) }
      floats[floats.count - 1].append(contentsOf: values)
      blocks = .floats(floats)
    }
    count += 1
  }

  /// Copies the values of an image.
  func copy(_ index: Int, into target: UnsafeMutableRawBufferPointer) {
    let (block, row) = index.quotientAndRemainder(dividingBy: rowsPerBlock)
    switch blocks {
    case .bytes(let bytes): bytes[block][row * width..<(row + 1) * width].withUnsafeBytes(target.copyMemory)
    case .floats(let floats): floats[block][row * width..<(row + 1) * width].withUnsafeBytes(target.copyMemory)
    }
  }
}

/// Whether all values are whole numbers from 0 to 255.
private func areBytes(_ values: [Float]) -> Bool {
  var areBytes = true
  for value in values {
    // Beyond the range the conversion would not be defined.
    let inside = min(max(value, 0), 255)
    areBytes = areBytes && Float(Int32(inside)) == value
  }
  return areBytes
}

/// Images in memory.
final class RowSamples: SampleSource {
  let imageShape: [Int]
  let labels: StoredSamples.Labels
  private let rows: PixelRows

  /// As many images as labels.
  init(_ rows: PixelRows, imageShape: [Int], labels: StoredSamples.Labels) {
    precondition(rows.count == labels.count && rows.width == imageShape.reduce(1, *), "labels of these images")
    self.rows = rows
    self.imageShape = imageShape
    self.labels = labels
  }

  var storage: Split.Storage { rows.storage }

  func copyImage(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count == bytesPerImage, "room for \(bytes.count) of \(bytesPerImage) bytes")
    rows.copy(index, into: bytes)
  }
}
