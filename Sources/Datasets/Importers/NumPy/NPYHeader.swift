import Archives

/// What the header of a .npy file says about its array: format versions 1.0, 2.0 and 3.0.
struct NPYHeader: Sendable, Equatable {
  /// What an element is.
  enum Element: Sendable, Equatable {
    case number(NumberFormat)
    /// `<U5`: so many characters of four bytes each, filled up with zeros.
    case text(characters: Int, isBigEndian: Bool)
    /// `S5`: so many bytes, filled up with zeros.
    case bytes(Int)

    var byteCount: Int {
      switch self {
      case .number(let format): format.byteCount
      case .text(let characters, _): 4 * characters
      case .bytes(let count): count
      }
    }
  }

  let element: Element
  let isFortranOrder: Bool
  let shape: [Int]
  /// The size of the array in bytes.
  let byteCount: Int

  /// Reads the header from the beginning of a stream, which then has come to the array.
  ///
  /// - Parameters:
  ///   - file: the file, for messages.
  ///   - name: what the array is called in the file.
  init(_ stream: any ByteStream, file: String, name: String?) throws {
    func problem(_ expected: String, _ found: String, _ advice: String = "write it by numpy.save") -> DatasetError {
      DatasetError(file: file, object: name, expected: expected, found: found, advice: advice)
    }
    let start = try stream.header(8)
    guard start.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw problem("an array in NumPy's format", "something else")
    }
    guard (1...3).contains(start[6]) else {
      throw problem("version 1, 2 or 3 of NumPy's format", "version \(start[6])")
    }
    let length = try stream.header(start[6] == 1 ? 2 : 4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 20 else { throw problem("a header of at most a megabyte", "\(length) bytes") }
    let text = String(decoding: try stream.header(length), as: UTF8.self)
    guard let fields = PythonLiteral.dictionary(text), let order = fields["fortran_order"], let shape = fields["shape"],
      case .bool(let isFortranOrder) = order, case .tuple(let lengths) = shape, let type = fields["descr"]
    else { throw problem("a header with type, order and shape", "'\(text.prefix(100))'") }
    guard case .string(let descr) = type else {
      throw problem("an array of numbers or texts", "records", "save the fields as arrays of their own")
    }
    element = try Self.element(descr, problem)
    self.isFortranOrder = isFortranOrder
    self.shape = lengths
    guard lengths.allSatisfy({ $0 >= 0 }),
      let count = StoredArray.elementCount(lengths, byteCount: element.byteCount)
    else { throw problem("a shape that a file can hold", "\(lengths)", "get the file again") }
    byteCount = count * element.byteCount
  }

  private static func element(
    _ descr: String, _ problem: (_ expected: String, _ found: String, _ advice: String) -> DatasetError
  ) throws(DatasetError) -> Element {
    let otherType = "save it with another type, such as array.astype('float32')"
    let expected = "numbers of 8 to 64 bits or texts"
    var rest = descr[...]
    var isBigEndian = false
    if let order = rest.first, "<>=|".contains(order) {
      isBigEndian = order == ">"
      rest.removeFirst()
    }
    let kind = rest.popFirst()
    if kind == "O" {
      throw problem(
        expected, "Python objects, which only Python can read and which can run any program",
        otherType)
    }
    guard let kind, rest.count <= 6, let size = Int(rest), size > 0 else {
      throw problem(expected, "type '\(descr.prefix(40))'", otherType)
    }
    func number(_ kind: NumberFormat.Kind) -> Element {
      .number(NumberFormat(kind: kind, byteCount: size, isBigEndian: isBigEndian))
    }
    switch (kind, size) {
    case ("b", 1): return number(.bool)
    case ("u", 1), ("u", 2), ("u", 4), ("u", 8): return number(.uint)
    case ("i", 1), ("i", 2), ("i", 4), ("i", 8): return number(.int)
    case ("f", 2), ("f", 4), ("f", 8): return number(.float)
    case ("U", _): return .text(characters: size, isBigEndian: isBigEndian)
    case ("S", _): return .bytes(size)
    default:
      throw problem(expected, "type '\(descr)'", otherType)
    }
  }
}
