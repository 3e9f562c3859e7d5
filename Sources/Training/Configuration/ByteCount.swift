import NeuralNetwork

/// An amount of memory as people write it: `512M`, `2G`, `1.5 GiB`, or a number of bytes.
///
/// K, M, G and T are powers of 1024. The most is a pebibyte, so that sums and small multiples are numbers too.
public struct ByteCount: Codable, Sendable, Equatable, CustomStringConvertible {
  /// The number of bytes.
  public let bytes: Int

  private static let units: [(name: String, bytes: Int)] = [
    ("T", 1 << 40), ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10),
  ]

  /// So many bytes.
  public init(bytes: Int) { self.bytes = bytes }

  /// Reads one of the forms; nil if the text is none of them.
  public init?(_ text: String) {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.uppercased()
    guard let number = Double(digits), number.isFinite else { return nil }
    let factor: Int?
    switch unit {
    case "", "B": factor = 1
    default: factor = Self.units.first { [$0.name, "\($0.name)B", "\($0.name)IB"].contains(unit) }?.bytes
    }
    guard let factor, number * Double(factor) <= 0x1p50 else { return nil }
    bytes = Int(number * Double(factor))
  }

  /// The shortest exact form: `64M`, `1000`.
  public var description: String {
    for (name, size) in Self.units where bytes >= size && bytes % size == 0 { return "\(bytes / size)\(name)" }
    return "\(bytes)"
  }

  /// As people read it, rounded: `1.4 GiB`.
  public var rounded: String {
    for (name, size) in Self.units where bytes >= size {
      let tenths = Int((Double(bytes) / Double(size) * 10).rounded())
      return tenths % 10 == 0 ? "\(tenths / 10) \(name)iB" : "\(tenths / 10).\(tenths % 10) \(name)iB"
    }
    return "\(bytes) bytes"
  }

  /// Reads a text, or a bare number of bytes.
  ///
  /// - Throws: ``ConfigurationError`` that shows the forms.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try (try? container.decode(Int.self)).map(String.init) ?? container.decode(String.self)
    guard let count = ByteCount(text) else {
      throw ConfigurationError(
        "expected an amount of memory, found '\(text)'", at: ConfigurationError.place(decoder.codingPath),
        advice: "write 512M, 2G or a number of bytes")
    }
    self = count
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
