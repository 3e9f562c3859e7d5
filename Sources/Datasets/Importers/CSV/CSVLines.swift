import Archives
import Glibc

/// The lines of a text file, each taken apart into fields.
///
/// Lines end on LF or CRLF; empty ones mean nothing. A field may be quoted, with quotes doubled inside.
final class CSVLines {
  /// The file, for messages.
  let file: String
  /// The number of the line, counted from 1.
  private(set) var number = 0
  /// Where the fields of the line begin and end in ``bytes``.
  private(set) var fields: [Range<Int>] = []
  /// The line's bytes.
  private(set) var bytes = UnsafeRawBufferPointer(start: nil, count: 0)

  /// What stands between fields: what the first line has most of.
  private(set) var separator = UInt8(ascii: ",")

  /// A row of 16 million numbers is no image.
  private static let longestLine = 64 << 20
  /// An image of 1024×1024 pixels and its label.
  private static let mostFields = (1 << 20) + 1

  private let stream: any ByteStream
  private var room: UnsafeMutableRawBufferPointer
  /// What of `room` is read, and not yet handed out.
  private var rest = 0..<0
  private var isAtEnd = false
  /// A line with quotes, without them.
  private var unquoted: [UInt8] = []

  /// Opens a file, compressed or not.
  init(_ file: String) throws {
    self.file = file
    stream = try CompressedFile.stream(of: file)
    room = .allocate(byteCount: 1 << 20, alignment: 16)
  }

  deinit { room.deallocate() }

  /// Goes to the next line that is not empty; false at the end.
  ///
  /// The fields are those of this line until the next call.
  func next() throws -> Bool {
    while let line = try nextLine() {
      number += 1
      var line = line
      if number == 1, line.starts(with: [0xFF, 0xFE]) || line.starts(with: [0xFE, 0xFF]) {
        throw error(
          expected: "text in UTF-8", found: "UTF-16", advice: "convert it, such as iconv -f UTF-16 -t UTF-8 \(file)")
      }
      if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = UnsafeRawBufferPointer(rebasing: line[3...]) }
      if line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
      guard !line.isEmpty else { continue }
      if fields.isEmpty { separator = Self.separator(of: line) }
      fields.removeAll(keepingCapacity: true)
      if !line.contains(0x22) {
        bytes = line
        try split(line)
      } else {
        try splitQuoted(line)
      }
      return true
    }
    return false
  }

  /// Whether a field is a number.
  func isNumber(_ field: Int) -> Bool { DecimalNumber.parse(bytes, fields[field]) != nil }

  /// The text of a field, without spaces around it.
  func text(_ field: Int) -> String {
    let field = bytes[fields[field]].drop { $0 == 0x20 }
    return String(decoding: field[..<((field.lastIndex { $0 != 0x20 } ?? field.startIndex - 1) + 1)], as: UTF8.self)
  }

  /// The text of a field that names a class, without spaces around it.
  ///
  /// - Throws: `DatasetError` if it is not UTF-8, which names in a store are.
  func name(_ field: Int) throws(DatasetError) -> String {
    let bytes = bytes[fields[field]]
    if String(validating: bytes, as: UTF8.self) != nil { return text(field) }
    throw error(
      expected: "text in UTF-8", found: "'\(escaped(bytes))' as field \(field + 1)",
      advice: "convert the file, such as iconv -f LATIN1 -t UTF-8 \(file)")
  }

  /// An error in this line.
  func error(expected: String, found: String, advice: String) -> DatasetError {
    DatasetError(file: file, object: "line \(number)", expected: expected, found: found, advice: advice)
  }

  private static func separator(of line: UnsafeRawBufferPointer) -> UInt8 {
    var best = (separator: UInt8(ascii: ","), count: 0)
    for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
      let count = line.reduce(0) { $0 + ($1 == separator ? 1 : 0) }
      if count > best.count { best = (separator, count) }
    }
    return best.separator
  }

  private func split(_ line: UnsafeRawBufferPointer) throws {
    var start = 0
    for place in 0..<line.count where line[place] == separator {
      try add(start..<place)
      start = place + 1
    }
    try add(start..<line.count)
  }

  /// Notes where a field is, if the line may have one more.
  private func add(_ field: Range<Int>) throws {
    guard fields.count < Self.mostFields else {
      throw error(
        expected: "at most \(Self.mostFields) fields", found: "more",
        advice: "write each sample in a line of its own, or make the images smaller")
    }
    fields.append(field)
  }

  /// Takes a line with quotes apart.
  private func splitQuoted(_ line: UnsafeRawBufferPointer) throws {
    var text: [UInt8] = []
    text.reserveCapacity(line.count)
    var start = 0
    var isQuoted = false
    var place = 0
    while place < line.count {
      let byte = line[place]
      if byte == 0x22 {
        if isQuoted && place + 1 < line.count && line[place + 1] == 0x22 {
          text.append(byte)
          place += 1
        } else {
          isQuoted.toggle()
        }
      } else if byte == separator && !isQuoted {
        try add(start..<text.count)
        start = text.count
      } else {
        text.append(byte)
      }
      place += 1
    }
    guard !isQuoted else {
      throw error(
        expected: "a quote that ends in its line", found: "none", advice: "write each sample in a line of its own")
    }
    try add(start..<text.count)
    // The line itself is not needed any more; its place is large enough.
    let target = UnsafeMutableRawBufferPointer(mutating: line)
    target.copyBytes(from: text)
    bytes = UnsafeRawBufferPointer(rebasing: line[..<text.count])
  }

  /// The bytes up to the next line feed; nil at the end.
  private func nextLine() throws -> UnsafeRawBufferPointer? {
    var searched = rest.lowerBound
    while true {
      if let base = room.baseAddress, searched < rest.upperBound,
        let found = memchr(base + searched, 0x0A, rest.upperBound - searched)
      {
        let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        let line = UnsafeRawBufferPointer(rebasing: room[rest.lowerBound..<end])
        rest = end + 1..<rest.upperBound
        return line
      }
      if isAtEnd {
        guard !rest.isEmpty else { return nil }
        let line = UnsafeRawBufferPointer(rebasing: room[rest])
        rest = rest.upperBound..<rest.upperBound
        return line
      }
      searched = rest.count
      try fill()
    }
  }

  /// Moves what is left to the beginning and reads on behind it.
  private func fill() throws {
    let left = rest.count
    guard left < Self.longestLine else {
      throw DatasetError(
        file: file, object: "line \(number + 1)", expected: "a line for each sample",
        found: "more than \(Self.longestLine) bytes without an end", advice: "check that it is a text file")
    }
    let source = UnsafeRawBufferPointer(rebasing: room[rest])
    if left > room.count / 2 {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * room.count, alignment: 16)
      larger.copyMemory(from: source)
      room.deallocate()
      room = larger
    } else if rest.lowerBound > 0 {
      room.copyMemory(from: source)
    }
    let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: room[left...]))
    rest = 0..<left + count
    isAtEnd = count == 0
  }
}
