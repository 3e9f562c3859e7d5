/// Scalars above U+FFFF as JSON escapes them, `\ud83d\ude00`; YAML has `\U0001F600` for that, and refuses pairs.
enum SurrogatePairs {
  /// The text with each escaped pair replaced by its scalar; a lone half stays, and is refused.
  static func joined(in text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if let scalar = pair(in: bytes, at: place) {
        result += Array(String(scalar).utf8)
        place += 12
      } else {
        // The character after a backslash is escaped by it, be it a backslash.
        let length = bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        result += bytes[place..<min(place + length, bytes.count)]
        place += length
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func pair(in bytes: [UInt8], at place: Int) -> Unicode.Scalar? {
    guard let high = unit(in: bytes, at: place), (0xD800...0xDBFF).contains(high),
      let low = unit(in: bytes, at: place + 6), (0xDC00...0xDFFF).contains(low)
    else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
  }

  /// What `\u` and four digits stand for.
  private static func unit(in bytes: [UInt8], at place: Int) -> UInt32? {
    guard place + 6 <= bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return UInt32(String(decoding: bytes[place + 2..<place + 6], as: UTF8.self), radix: 16)
  }
}
