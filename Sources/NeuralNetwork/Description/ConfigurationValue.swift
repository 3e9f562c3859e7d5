/// Any value of a model or run file before it has found its type.
public enum ConfigurationValue: Codable, Sendable, Equatable {
  /// Nothing.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// Any other number.
  case double(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([ConfigurationValue])
  /// Keys and values.
  case mapping([String: ConfigurationValue])

  /// How deep lists and mappings may lie in each other: far deeper than any model's, and far from the end of the stack.
  public static let greatestDepth = 128

  /// Takes the narrowest type that fits.
  public init(from decoder: any Decoder) throws {
    guard decoder.codingPath.count <= Self.greatestDepth else {
      throw ConfigurationError(
        "lists and mappings are nested more than \(Self.greatestDepth) deep",
        at: ConfigurationError.place(Array(decoder.codingPath.prefix(3))), advice: "write them flat")
    }
    if let container = try? decoder.container(keyedBy: AnyKey.self) {
      var mapping: [String: ConfigurationValue] = [:]
      for key in container.allKeys {
        mapping[key.stringValue] = try container.decode(ConfigurationValue.self, forKey: key)
      }
      self = .mapping(mapping)
    } else if var container = try? decoder.unkeyedContainer() {
      var array: [ConfigurationValue] = []
      while !container.isAtEnd { array.append(try container.decode(ConfigurationValue.self)) }
      self = .array(array)
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let bool = try? container.decode(Bool.self) {
        self = .bool(bool)
      } else if let int = try? container.decode(Int.self) {
        self = .int(int)
      } else if let double = try? container.decode(Double.self) {
        self = .double(double)
      } else {
        self = .string(try container.decode(String.self))
      }
    }
  }

  /// Writes the bare value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .mapping(let value): try container.encode(value)
    }
  }
}

extension ConfigurationValue: CustomStringConvertible {
  /// The value as messages show it; of lists and mappings only that they are.
  public var description: String {
    switch self {
    case .null: "nothing"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): "'\(value)'"
    case .array: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Gives the value its type.
  ///
  /// - Throws: ``ConfigurationError`` that names the place.
  public func decode<T: Decodable>(_ type: T.Type) throws -> T {
    do {
      return try ConfigurationDecoder(self).decode(type)
    } catch let error as DecodingError {
      throw ConfigurationError(error)
    }
  }
}

/// A key that is only known when the file is read.
public struct AnyKey: CodingKey {
  /// The key as written.
  public let stringValue: String
  /// The place in a list.
  public let intValue: Int?

  /// A key of a mapping.
  public init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  /// A place in a list.
  public init(intValue: Int) {
    stringValue = String(intValue)
    self.intValue = intValue
  }
}
