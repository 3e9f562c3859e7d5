import Glibc

extension Double {
  /// The number with so many digits before its power of ten; as text it has no more.
  public func rounded(toSignificantDigits digits: Int) -> Double {
    guard self != 0, isFinite else { return self }
    let exponent = digits - 1 - Int(log10(magnitude).rounded(.down))
    // Powers of ten up to this one are exact: the quotient is the number nearest to the decimal.
    guard exponent.magnitude <= 22 else { return self }
    let scale = pow(10, Double(exponent.magnitude))
    return exponent < 0 ? (self / scale).rounded() * scale : (self * scale).rounded() / scale
  }
}
