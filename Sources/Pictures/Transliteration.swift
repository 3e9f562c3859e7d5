internal import Foundation

extension CaptionFont {
  /// The line in Latin letters, with their accents: 猫 as māo.
  static func latin(_ line: String) -> String {
    line.applyingTransform(StringTransform("Any-Latin"), reverse: false) ?? line
  }

  /// The nearest letters of ASCII: é as e, ß as ss, 猫 as mao; what has none is a question mark.
  static func ascii(_ line: String) -> [UInt8] {
    let latin = line.applyingTransform(StringTransform("Any-Latin; Latin-ASCII"), reverse: false) ?? line
    return latin.unicodeScalars.map { (0x20..<0x7F).contains($0.value) ? UInt8($0.value) : UInt8(ascii: "?") }
  }
}
