/// The literals of Python that the header of a .npy file consists of; nothing in them is run.
enum PythonLiteral: Equatable {
  case string(String)
  case bool(Bool)
  case tuple([Int])
  /// Something else that is well-formed, such as the list that describes records.
  case list

  /// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`; nil if it is not of this form.
  static func dictionary(_ text: String) -> [String: PythonLiteral]? {
    var reader = Reader(rest: Array(text.utf8)[...])
    guard reader.skip("{") else { return nil }
    var fields: [String: PythonLiteral] = [:]
    while !reader.skip("}") {
      guard case .string(let key)? = reader.literal(), reader.skip(":"), let value = reader.literal(),
        fields.updateValue(value, forKey: key) == nil
      else { return nil }
      guard reader.skip(",") else { return reader.skip("}") && reader.isAtEnd ? fields : nil }
    }
    return reader.isAtEnd ? fields : nil
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    private mutating func skipSpaces() { rest = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) } }

    /// Passes over a word, and spaces before it; false if something else is there.
    mutating func skip(_ word: String) -> Bool {
      skipSpaces()
      guard rest.starts(with: word.utf8) else { return false }
      rest = rest.dropFirst(word.utf8.count)
      return true
    }

    var isAtEnd: Bool { rest.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) } }

    mutating func literal() -> PythonLiteral? {
      if skip("True") { return .bool(true) }
      if skip("False") { return .bool(false) }
      if skip("(") { return tuple() }
      skipSpaces()
      switch rest.first {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): return string()
      case UInt8(ascii: "["): return list()
      default: return nil
      }
    }

    private mutating func string() -> PythonLiteral? {
      guard let quote = rest.popFirst(), let end = rest.firstIndex(of: quote) else { return nil }
      let text = rest[..<end]
      rest = rest[(end + 1)...]
      // What is escaped occurs in names of fields alone.
      return text.contains(UInt8(ascii: "\\")) ? nil : .string(String(decoding: text, as: UTF8.self))
    }

    private mutating func tuple() -> PythonLiteral? {
      var numbers: [Int] = []
      while !skip(")") {
        skipSpaces()
        let digits = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        guard let number = Int(String(decoding: digits, as: UTF8.self)), numbers.count < 64 else { return nil }
        rest = rest.dropFirst(digits.count)
        // Python 2 wrote long numbers with an L.
        _ = skip("L")
        numbers.append(number)
        guard skip(",") else { return skip(")") ? .tuple(numbers) : nil }
      }
      return .tuple(numbers)
    }

    /// Passes over a list with all that is in it.
    private mutating func list() -> PythonLiteral? {
      var depth = 0
      while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "]"):
          depth -= 1
          if depth == 0 { return .list }
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
          guard let end = rest.firstIndex(of: byte) else { return nil }
          rest = rest[(end + 1)...]
        default: break
        }
      }
      return nil
    }
  }
}
