import Archives

/// A file of the MNIST family, plain or compressed.
///
/// Two zeros, the type of the numbers, the number of axes, their lengths (four bytes each), the numbers; all big-endian.
struct IDXFile: Sendable {
  /// Its numbers.
  let array: StoredArray

  /// Reads the header, and the numbers of a compressed file; the others stay in the file.
  init(_ path: String) throws {
    func problem(_ expected: String, _ found: String) -> DatasetError {
      DatasetError(
        file: path, object: nil, expected: expected, found: found,
        advice: "check that it is an IDX file, and get it again")
    }
    let stream = try CompressedFile.stream(of: path)
    let magic = try stream.header(4)
    let hex = magic.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    guard magic[0] == 0, magic[1] == 0, let format = Self.format(magic[2]), (1...4).contains(magic[3]) else {
      throw problem("an IDX file of 1 to 4 axes, which begins with 0000", "the bytes \(hex)")
    }
    let lengths = try stream.header(4 * Int(magic[3]))
    let shape = (0..<Int(magic[3])).map { axis in lengths[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) } }
    guard let count = StoredArray.elementCount(shape, byteCount: format.byteCount) else {
      throw problem("a shape that a file can hold", "\(shape)")
    }
    let source = try stream.take(count * format.byteCount)
    try stream.expectEnd()
    array = StoredArray(file: path, name: nil, format: format, shape: shape, source: source)
  }

  private static func format(_ code: UInt8) -> NumberFormat? {
    switch code {
    case 0x08: NumberFormat(kind: .uint, byteCount: 1, isBigEndian: true)
    case 0x09: NumberFormat(kind: .int, byteCount: 1, isBigEndian: true)
    case 0x0B: NumberFormat(kind: .int, byteCount: 2, isBigEndian: true)
    case 0x0C: NumberFormat(kind: .int, byteCount: 4, isBigEndian: true)
    case 0x0D: NumberFormat(kind: .float, byteCount: 4, isBigEndian: true)
    case 0x0E: NumberFormat(kind: .float, byteCount: 8, isBigEndian: true)
    default: nil
    }
  }
}
