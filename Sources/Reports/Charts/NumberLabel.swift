import Glibc
import Numerics

/// Short labels of numbers, the same in every locale: `0.05`, `10⁻⁵`, `3.2·10⁻⁴`.
enum NumberLabel {
  /// Labels that differ where the numbers do.
  ///
  /// - Parameter inPowers: writes powers of ten below 1 as such, as suits an axis of them.
  static func labels(_ numbers: [Double], inPowers: Bool = false) -> [String] {
    var labels: [String] = []
    for digits in 3...17 {
      labels = numbers.map { text($0, digits: isExact($0, digits: 4) ? 4 : digits, inPowers: inPowers) }
      if Set(labels).count == Set(numbers).count { break }
    }
    return labels
  }

  /// A number rounded to so many digits.
  ///
  /// - Parameter keepsZeros: leaves the zeros at its end, as suits numbers below each other.
  static func text(_ number: Double, digits: Int, inPowers: Bool = false, keepsZeros: Bool = false) -> String {
    let trimmed = { (text: String) in keepsZeros ? text : Self.trimmed(text) }
    guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-∞" : "∞" }
    guard number != 0 else { return "0" }
    let (mantissa, exponent) = scientific(number, digits: digits)
    if (inPowers ? 0 : -3)...4 ~= exponent || (-3...4 ~= exponent && mantissa != 1) {
      return trimmed(Text.fixed(number, max(0, digits - 1 - exponent)))
    }
    let sign = number < 0 ? "-" : ""
    return sign + (mantissa == 1 ? "" : trimmed(Text.fixed(mantissa, digits - 1)) + "·") + "10" + superscript(exponent)
  }

  private static func isExact(_ number: Double, digits: Int) -> Bool {
    guard number.isFinite, number != 0 else { return true }
    let (mantissa, exponent) = scientific(number, digits: digits)
    return (mantissa * pow(10, Double(exponent)) / number.magnitude - 1).magnitude < 1e-9
  }

  /// The number as `mantissa · 10^exponent`, the mantissa from 1 to below 10, rounded to so many digits.
  private static func scientific(_ number: Double, digits: Int) -> (mantissa: Double, exponent: Int) {
    let exponent = Int(log10(number.magnitude).rounded(.down))
    let scale = pow(10, Double(digits - 1))
    let mantissa = (number.magnitude / pow(10, Double(exponent)) * scale).rounded() / scale
    return mantissa >= 10 ? (mantissa / 10, exponent + 1) : (mantissa, exponent)
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    let end = text.lastIndex { $0 != "0" } ?? text.startIndex
    return String(text[end] == "." ? text[..<end] : text[...end])
  }

  private static func superscript(_ exponent: Int) -> String {
    String(String(exponent).map { $0 == "-" ? "⁻" : Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[$0.wholeNumberValue ?? 0] })
  }
}
