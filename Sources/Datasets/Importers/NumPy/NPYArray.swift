import Archives

/// An array of a .npy file: its header, and where its elements are.
struct NPYArray: Sendable {
  let file: String
  let name: String?
  let header: NPYHeader
  let source: ByteSource

  /// Reads the array that a stream consists of: in place if it is a file, else into memory.
  init(_ stream: any ByteStream, file: String, name: String?) throws {
    self.file = file
    self.name = name
    header = try NPYHeader(stream, file: file, name: name)
    source = try stream.take(header.byteCount)
    try stream.expectEnd()
  }

  /// The array as images.
  func images() throws -> StoredArray {
    guard let array = numbers else {
      throw DatasetError(
        file: file, object: name, expected: "images, which are numbers", found: "texts",
        advice: "choose the images by --images")
    }
    return array
  }

  /// The array as labels.
  func labels() throws -> RawLabels {
    if let array = numbers { return try array.labels() }
    try RawLabels.checkMemory(header.shape, byteCount: source.count, file: file, object: name)
    let bytes = try source.bytes(0..<source.count)
    let size = header.element.byteCount
    let count = header.shape.reduce(1, *)
    // With several axes it is refused below, whatever the order.
    let texts = try (0..<count).map { index throws(DatasetError) in
      let stored = bytes[index * size..<(index + 1) * size]
      guard let text = text(stored) else {
        throw DatasetError(
          file: file, object: name, expected: "names of classes in UTF-8, or as Unicode",
          found: "'\(escaped(stored.prefix { $0 != 0 }))' for sample \(index)",
          advice: "write them as Unicode, such as numpy.char.decode(labels, 'latin-1')")
      }
      return text
    }
    return try RawLabels(file: file, object: name, content: .strings(texts), shape: header.shape)
  }

  private var numbers: StoredArray? {
    guard case .number(let format) = header.element else { return nil }
    return StoredArray(
      file: file, name: name, format: format, shape: header.shape, isFortranOrder: header.isFortranOrder, source: source
    )
  }

  /// A text without the zeros that fill it up; nil if it is none.
  private func text(_ bytes: ArraySlice<UInt8>) -> String? {
    guard case .text(_, let isBigEndian) = header.element else {
      return String(validating: bytes[..<((bytes.lastIndex { $0 != 0 } ?? bytes.startIndex - 1) + 1)], as: UTF8.self)
    }
    var scalars = String.UnicodeScalarView()
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 4) {
      let code = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[start + (isBigEndian ? $1 : 3 - $1)]) }
      guard let scalar = Unicode.Scalar(code) else { return nil }
      scalars.append(scalar)
    }
    while scalars.last == "\0" { scalars.removeLast() }
    return String(scalars)
  }
}
