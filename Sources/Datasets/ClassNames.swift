/// Names of classes that stand as labels in a file.
enum ClassNames {
  /// The names in the order in which their classes are numbered: by value if all are whole numbers, else by their Unicode
  /// scalars, which every machine does alike.
  static func inOrder(_ names: Set<String>) -> [String] {
    let numbers = names.compactMap { name in Int(name).map { (value: $0, name: name) } }
    // Several names may have one value, such as 7 and 07.
    if numbers.count == names.count { return numbers.sorted { $0 < $1 }.map(\.name) }
    return names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
  }
}

/// Bytes that are no text in UTF-8, for messages: those outside of ASCII and what controls terminals as `\xE9`.
func escaped(_ bytes: some Sequence<UInt8>) -> String {
  bytes.prefix(40).reduce(into: "") { text, byte in
    if (0x20..<0x7F).contains(byte) {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }
}
