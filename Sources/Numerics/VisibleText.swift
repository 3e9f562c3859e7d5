extension Text {
  /// A text on one line, with escapes such as `\n` and `\u{202E}` for what would steer a terminal, turn the order of what is
  /// read, or not be seen.
  ///
  /// Names come from files of others. Scalars are looked at and not characters: an accent, or a sign that precedes, would hide
  /// what it is joined with.
  public static func visible(_ text: String) -> String { escaped(text) { _ in false } }

  /// The same of several lines, which stay lines.
  public static func visibleLines(_ text: String) -> String { escaped(text) { $0 == "\n" } }

  /// The same of a JSON document, in JSON's own escapes, which read back as what they stand for.
  public static func visibleJSON(_ document: String) -> String {
    document.unicodeScalars.reduce(into: "") { text, scalar in
      guard isInvisible(scalar), scalar != "\n" else { return text.unicodeScalars.append(scalar) }
      for unit in String(scalar).utf16 { text += "\\u" + String(Int(unit) + 0x1_0000, radix: 16).dropFirst() }
    }
  }

  /// Whether a text has something that ``visible(_:)`` would show as an escape.
  static func hasInvisible(_ text: String) -> Bool { text.unicodeScalars.contains(where: isInvisible) }

  private static func escaped(_ text: String, except isKept: (Unicode.Scalar) -> Bool) -> String {
    let scalars = Array(text.unicodeScalars)
    guard scalars.contains(where: { isInvisible($0) && !isKept($0) }) else { return text }
    var line = String.UnicodeScalarView()
    for (place, scalar) in scalars.enumerated() {
      let joins =
        isJoiner(scalar) && place > 0 && isBeyondASCII(scalars[place - 1])
        && (place + 1 == scalars.count || isBeyondASCII(scalars[place + 1]))
      if isKept(scalar) || joins || !isInvisible(scalar) {
        line.append(scalar)
      } else {
        line += escape(scalar).unicodeScalars
      }
    }
    return String(line)
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": #"\n"#
    case "\r": #"\r"#
    case "\t": #"\t"#
    default: "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    }
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    if (0x20..<0x7F).contains(scalar.value) { return false }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    default:
      // Marks of annotations are not seen either; XML has no place for what is no character.
      return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
        || (0xFFF9...0xFFFB).contains(scalar.value)
    }
  }

  /// What Persian, the scripts of India and emoji need between their letters.
  private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
    (0x200C...0x200D).contains(scalar.value) || (0xFE00...0xFE0F).contains(scalar.value)
  }

  private static func isBeyondASCII(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value > 0x7F && (isJoiner(scalar) || !isInvisible(scalar))
  }
}
