import NeuralNetwork

/// A length of time as people write it: `90s`, `5m`, `2h`, `1.5h`, or a number of seconds.
public struct TimeSpan: Codable, Sendable, Equatable, CustomStringConvertible {
  /// The seconds, from 0 up.
  public let seconds: Double

  private static let units: [(names: [String], seconds: Double)] = [
    (["h", "hour", "hours"], 3600), (["m", "min", "minute", "minutes"], 60),
    (["s", "sec", "second", "seconds", ""], 1),
  ]

  /// The longest: more than a hundred years, so that nanoseconds and sums are numbers too.
  private static let maximum = 0x1p32

  /// So many seconds.
  public init(seconds: Double) { self.seconds = seconds }

  /// Reads one of the forms; nil if the text is none of them.
  public init?(_ text: String) {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    guard let number = Double(digits), let factor = Self.units.first(where: { $0.names.contains(unit) })?.seconds,
      number * factor <= Self.maximum
    else { return nil }
    seconds = number * factor
  }

  /// The shortest exact form: `5m`, `90s`.
  public var description: String {
    for (names, size) in Self.units where seconds >= size && seconds.truncatingRemainder(dividingBy: size) == 0 {
      return "\(Int(seconds / size))\(names[0])"
    }
    return "\(seconds)s"
  }

  /// Reads a text, or a bare number of seconds.
  ///
  /// - Throws: ``ConfigurationError`` that shows the forms.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try (try? container.decode(Double.self)).map { "\($0)" } ?? container.decode(String.self)
    guard let span = TimeSpan(text) else {
      throw ConfigurationError(
        "expected a length of time, found '\(text)'", at: ConfigurationError.place(decoder.codingPath),
        advice: "write 90s, 5m or 2h, at most a hundred years")
    }
    self = span
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
