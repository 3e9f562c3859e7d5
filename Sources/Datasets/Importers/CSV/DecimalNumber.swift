/// Numbers in decimal form, as bytes of text.
enum DecimalNumber {
  /// Reads `12`, `-1.5`, `+.5e-3`, with spaces around; nil if it is something else, such as nothing, `nan` or `inf`.
  ///
  /// The result is the nearest `Double`.
  static func parse(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Double? {
    var (place, end) = (range.lowerBound, range.upperBound)
    while place < end && bytes[place] == 0x20 { place += 1 }
    while end > place && bytes[end - 1] == 0x20 { end -= 1 }
    let start = place
    var isNegative = false
    if place < end, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+") {
      isNegative = bytes[place] == UInt8(ascii: "-")
      place += 1
    }
    let firstDigit = place
    // Of more digits than fit only the number counts: those numbers go another way.
    var digits: UInt64 = 0
    var digitCount = 0
    var exponent = 0
    var isAfterPoint = false
    while place < end {
      let byte = bytes[place]
      if byte >= 0x30 && byte <= 0x39 {
        digits = digits &* 10 &+ UInt64(byte &- 0x30)
        digitCount += digits > 0 ? 1 : 0
        exponent -= isAfterPoint ? 1 : 0
      } else if byte == UInt8(ascii: "."), !isAfterPoint {
        isAfterPoint = true
      } else {
        break
      }
      place += 1
    }
    let isWhole = place == end && !isAfterPoint
    guard place > firstDigit else { return nil }
    if isWhole && digitCount <= 15 { return isNegative ? -Double(digits) : Double(digits) }

    if place < end {
      guard bytes[place] | 0x20 == UInt8(ascii: "e"),
        let power = Int(String(decoding: bytes[place + 1..<end], as: UTF8.self)), power.magnitude < 10_000
      else { return nil }
      exponent += power
    }
    // Numbers that a Double holds exactly, times or by a power of ten that it holds exactly, are rounded once.
    if digitCount == 0 { return bytes[firstDigit..<place].contains(0x30) ? 0 : nil }
    if digitCount <= 15 && exponent.magnitude <= 22 {
      let number = exponent < 0 ? Double(digits) / powers[-exponent] : Double(digits) * powers[exponent]
      return isNegative ? -number : number
    }
    guard let number = Double(String(decoding: bytes[start..<end], as: UTF8.self)), number.isFinite else { return nil }
    return number
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
}
