extension Text {
  /// A word that bash takes for one, with nothing in it that it would change.
  ///
  /// It is a single line that can be seen: a word with something that ``visible(_:)`` would escape is written as
  /// `$'a\342\200\256b'`.
  public static func shellWord(_ word: String) -> String {
    if !word.isEmpty && word.utf8.allSatisfy(isPlain) { return word }
    if hasInvisible(word) { return "$'" + octal(word) + "'" }
    var quoted = String.UnicodeScalarView("'".unicodeScalars)
    for scalar in word.unicodeScalars {
      if scalar == "'" { quoted += #"'\'"#.unicodeScalars }
      quoted.append(scalar)
    }
    quoted.append("'")
    return String(quoted)
  }

  /// The bytes of a text, those that mean nothing to any language as they are, and all others in octal: `it\047s`.
  ///
  /// That is how C, bash and gnuplot write bytes between quotes.
  public static func octal(_ text: String) -> String {
    var octal = ""
    var isAfterEscape = false
    for byte in text.utf8 {
      // gnuplot reads a fourth digit behind a zero: a digit behind an escape is one too.
      let isDigit = UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
      isAfterEscape = !(isPlain(byte) || byte == UInt8(ascii: " ")) || isAfterEscape && isDigit
      if isAfterEscape {
        octal += "\\" + String(Int(byte) + 0o1000, radix: 8).dropFirst()
      } else {
        octal.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return octal
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "/._-+:=".utf8.contains(byte)
    }
  }
}
