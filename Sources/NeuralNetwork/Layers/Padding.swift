/// How a window meets the edge.
public enum Padding: Sendable, Equatable {
  /// Windows lie within the image: `o = floor((i - k) / s) + 1`.
  case valid
  /// As many windows as there are strides: `o = ceil(i / s)`; the smaller half of the padding comes first (top, left).
  case same
  /// Every window that touches the image: `k - 1` values on each side.
  case full
  /// So many values on both sides, one number for each spatial dimension.
  case explicit([Int])

  /// The values added before and after `length` values of a spatial dimension that windows of `extent` slide over.
  func amounts(axis: Int, length: Int, extent: Int, stride: Int) -> (before: Int, after: Int) {
    switch self {
    case .valid: return (0, 0)
    case .same:
      let count = (length - 1) / stride + 1
      let total = max((count - 1) * stride + extent - length, 0)
      return (total / 2, total - total / 2)
    case .full: return (extent - 1, extent - 1)
    case .explicit(let amounts): return (amounts[axis], amounts[axis])
    }
  }

  /// Whether Keras' layers have it.
  var isKeras: Bool { self == .valid || self == .same }
}

extension Padding: Codable {
  /// Reads a name.
  ///
  /// - Throws: ``ConfigurationError`` that names an unknown name and the known ones.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let amounts = try? container.decode([Int].self) {
      guard amounts.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
        throw ConfigurationError(
          "expected whole numbers from 0 up, found \(amounts)", at: ConfigurationError.place(decoder.codingPath))
      }
      self = .explicit(amounts)
      return
    }
    let name = try container.decode(String.self)
    switch name.lowercased() {
    case "valid": self = .valid
    case "same": self = .same
    case "full": self = .full
    default:
      throw ConfigurationError(
        "unknown padding '\(name)'", at: ConfigurationError.place(decoder.codingPath),
        advice: "known: valid, same, full, or a list of a number for each dimension: [1, 1]")
    }
  }

  /// Writes the name, or the numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .valid: try container.encode("valid")
    case .same: try container.encode("same")
    case .full: try container.encode("full")
    case .explicit(let amounts): try container.encode(amounts)
    }
  }
}

/// What stands beyond the edge.
public enum PaddingMode: Sendable, Equatable {
  /// Zeros.
  case zeros
  /// A number.
  case constant(Double)
  /// The nearest value of the image.
  case nearest

  /// Reads the name under `key`, and under `valueKey` the number.
  static func decode<Key: CodingKey>(
    from container: KeyedDecodingContainer<Key>, forKey key: Key, value valueKey: Key
  ) throws -> PaddingMode {
    let name = try container.decodeIfPresent(String.self, forKey: key) ?? "zeros"
    switch name.lowercased() {
    case "zeros": return .zeros
    case "constant":
      let value = try container.decodeNumber(forKey: valueKey, or: 0, .any)
      guard Float(value).isFinite else {
        throw ConfigurationError(
          "expected a number of at most \(Float.greatestFiniteMagnitude), found \(value)",
          at: ConfigurationError.place(container.codingPath + [valueKey]))
      }
      return .constant(value)
    case "nearest": return .nearest
    default:
      throw ConfigurationError(
        "unknown padding mode '\(name)'", at: ConfigurationError.place(container.codingPath + [key]),
        advice: "known: zeros, constant (with \(valueKey.stringValue)), nearest")
    }
  }

  /// Writes what ``decode(from:forKey:value:)`` reads; nothing for zeros, which Keras' layers have.
  func encode<Key: CodingKey>(
    into container: inout KeyedEncodingContainer<Key>, forKey key: Key, value valueKey: Key
  ) throws {
    switch self {
    case .zeros: return
    case .constant(let number):
      try container.encode("constant", forKey: key)
      try container.encode(number, forKey: valueKey)
    case .nearest: try container.encode("nearest", forKey: key)
    }
  }
}
