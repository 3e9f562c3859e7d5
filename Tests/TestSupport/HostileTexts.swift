/// Texts that break out of quotes where these are looked for among characters, or that a terminal would obey.
///
/// A sign that is joined with a quote makes one character of both, which is no quote for whoever compares characters.
public enum HostileTexts {
  /// What means something in one of the languages that texts are written into.
  public static let special: [Unicode.Scalar] =
    Array(#"'"`$\;|&<>(){}[]#%@!*?~=+-,:/ "#.unicodeScalars) + ["\n", "\r", "\t"]

  /// What joins with its neighbours, is not seen, or steers a terminal: accents, prepended signs, joiners, selectors of
  /// variants, directions, controls, ends of lines, regional indicators, what is no character.
  public static let joining: [Unicode.Scalar] = [
    0x01, 0x07, 0x08, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0x9B, 0xAD, 0x0300, 0x0301, 0x034F, 0x0488, 0x0600, 0x0601, 0x0602,
    0x0603, 0x0604, 0x0605, 0x061C, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x0903, 0x0D4E, 0x115F, 0x1160, 0x180E,
    0x200B,
    0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2066, 0x2067,
    0x2068,
    0x2069, 0x20D0, 0x20E3, 0x3099, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFF9, 0xFFFE, 0x110BD, 0x110CD, 0x111C2, 0x1F1E6,
    0x1F3FB, 0xE0001, 0xE0020, 0xE0100, 0x1FFFF,
  ].compactMap(Unicode.Scalar.init)

  /// Every special sign after, before and between each of the joining ones.
  public static let all: [String] = joining.flatMap { joining in
    special.flatMap { special in
      ["\(joining)\(special)", "a\(special)\(joining)b", "\(joining)\(special)70\(joining)\(special)1"]
    }
  }

  /// The same with a command behind that makes the file `mark` if a shell, or gnuplot, ever comes to run it.
  public static func all(running mark: String) -> [String] {
    joining.flatMap { joining in
      [
        "\(joining)'; system \"touch \(mark)\"; plot x title '",
        "\(joining)\"; system 'touch \(mark)'; plot x title \"",
        "'\(joining); touch \(mark); '\(joining)", "\(joining)`touch \(mark)`\(joining)", "\(joining)$(touch \(mark))",
        "a\(joining)\nsystem \"touch \(mark)\"\n", "a\r\n!touch \(mark)\r\n\(joining)",
        "\\\(joining)\" `touch \(mark)` @x",
        "'\(joining)'\n`touch \(mark)`",
      ]
    }
  }
}
