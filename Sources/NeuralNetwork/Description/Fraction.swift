extension Double {
  /// Reads a number, or one divided by another as people write scales: `1/255`, `1./255.`; nil if the text is neither.
  public init?(fraction text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { part in
      part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    }
    // Not what else has a number in Swift: inf, nan, 0x1p3.
    let isPlain = parts.allSatisfy { part in part.allSatisfy { "0123456789.eE+-".contains($0) } }
    guard isPlain, parts.count <= 2, let first = parts.first, let numerator = Double(String(first)) else { return nil }
    guard parts.count == 2 else {
      self = numerator
      return
    }
    guard let denominator = Double(String(parts[1])), (numerator / denominator).isFinite else { return nil }
    self = numerator / denominator
  }
}

extension ConfigurationValue {
  /// The same value; a text that is a fraction as the number it is.
  public var readingFraction: ConfigurationValue {
    guard case .string(let text) = self, text.contains("/"), let number = Double(fraction: text) else { return self }
    return .double(number)
  }
}
