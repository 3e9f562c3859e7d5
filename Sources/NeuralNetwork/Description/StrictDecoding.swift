extension Decoder {
  /// The mapping to decode, after checking that each of its keys is known.
  ///
  /// Keys that Keras writes into every layer and that have only one value here (`trainable`, `data_format`, …) are
  /// accepted with that value and with no other.
  ///
  /// - Parameter alsoKnown: keys of this mapping that are read elsewhere, or that mean nothing here.
  /// - Throws: ``ConfigurationError`` that names the unknown key and the nearest known one.
  public func strictContainer<Key: CodingKey & CaseIterable>(
    keyedBy type: Key.Type, alsoKnown: [String] = []
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Set(Key.allCases.map(\.stringValue)).union(alsoKnown)
    let written = try container(keyedBy: AnyKey.self)
    for key in written.allKeys where !known.contains(key.stringValue) {
      let value = try written.decode(ConfigurationValue.self, forKey: key)
      try checkFixedKey(key.stringValue, value, known: known)
    }
    return try container(keyedBy: type)
  }

  private func checkFixedKey(_ key: String, _ value: ConfigurationValue, known: Set<String>) throws {
    let place = ConfigurationError.place(codingPath)
    switch (key, value) {
    case ("name", .string), ("class_name", .string), ("trainable", .bool(true)), ("groups", .int(1)),
      ("data_format", .string("channels_last")), ("data_format", .null), ("dtype", .string("float32")),
      ("dtype", .null):
      return
    case ("dtype", .mapping(let policy)):
      if case .mapping(let config) = policy["config"], config["name"] == .string("float32") { return }
    case ("bias_regularizer", .null), ("activity_regularizer", .null), ("kernel_constraint", .null),
      ("bias_constraint", .null), ("quantization_config", .null):
      return
    case ("input_axes", .null), ("output_axes", .null), ("weight_decay", .null), ("use_ema", .bool(false)),
      ("ema_momentum", _), ("ema_overwrite_frequency", .null), ("loss_scale_factor", .null),
      ("gradient_accumulation_steps", .null):
      return
    default:
      guard isFixedKey(key) else {
        let guess = nearest(to: key, among: known)
        throw ConfigurationError(
          "unknown key '\(key)'", at: place,
          advice: guess.map { "did you mean '\($0)'?" } ?? "known keys: \(known.sorted().joined(separator: ", "))")
      }
    }
    throw ConfigurationError(
      "'\(key)' has a value that is not supported here", at: place, advice: "leave the key out")
  }

  private func isFixedKey(_ key: String) -> Bool {
    [
      "trainable", "groups", "data_format", "dtype", "bias_regularizer", "activity_regularizer", "kernel_constraint",
      "bias_constraint", "quantization_config", "input_axes", "output_axes", "weight_decay", "use_ema", "ema_momentum",
      "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps",
    ].contains(key)
  }
}

/// A decoder of nothing, for things that are written as a bare name and take all their defaults.
struct EmptyDecoder: Decoder {
  let codingPath: [any CodingKey]
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(EmptyContainer(codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw missing("a list") }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw missing("a value") }

  private func missing(_ what: String) -> ConfigurationError {
    ConfigurationError("\(what) is missing", at: ConfigurationError.place(codingPath))
  }
}

private struct EmptyContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let codingPath: [any CodingKey]
  let allKeys: [Key] = []

  func contains(_ key: Key) -> Bool { false }
  func decodeNil(forKey key: Key) throws -> Bool { throw missing(key) }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { throw missing(key) }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  { throw missing(key) }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw missing(key) }
  func superDecoder() throws -> any Decoder { EmptyDecoder(codingPath: codingPath) }
  func superDecoder(forKey key: Key) throws -> any Decoder { EmptyDecoder(codingPath: codingPath) }

  private func missing(_ key: Key) -> DecodingError {
    .keyNotFound(key, .init(codingPath: codingPath, debugDescription: "nothing is written here"))
  }
}

extension KeyedDecodingContainer {
  /// A whole number from 1 up.
  func decodeCount(forKey key: Key) throws -> Int {
    let count = try decode(Int.self, forKey: key)
    guard count >= 1 else {
      throw ConfigurationError(
        "expected a whole number from 1 up, found \(count)", at: ConfigurationError.place(codingPath + [key]))
    }
    return count
  }

  /// A number within bounds; `fallback` if none is written.
  func decodeNumber(forKey key: Key, or fallback: Double? = nil, _ bounds: NumberBounds) throws -> Double {
    guard let number = try decodeIfPresent(Double.self, forKey: key) ?? fallback else {
      throw ConfigurationError(
        "the key '\(key.stringValue)' is missing", at: ConfigurationError.place(codingPath))
    }
    guard bounds.contains(number) else {
      throw ConfigurationError(
        "expected a number \(bounds.rawValue), found \(number)", at: ConfigurationError.place(codingPath + [key]))
    }
    return number
  }

  /// The value, if it is written; the type follows from the use.
  func decodeIfPresent<T: Decodable>(forKey key: Key) throws -> T? { try decodeIfPresent(T.self, forKey: key) }

  /// Checks that a key that has only one supported value has it, if it is written.
  func require<T: Decodable & Equatable>(_ value: T, forKey key: Key) throws {
    guard let found = try decodeIfPresent(T.self, forKey: key), found != value else { return }
    throw ConfigurationError(
      "the only supported value is \(value), found \(found)", at: ConfigurationError.place(codingPath + [key]))
  }
}

/// What a number in a file may be; the raw value is how messages say it.
enum NumberBounds: String {
  case positive = "above 0"
  case notNegative = "from 0 up"
  case zeroToOne = "from 0 to 1"
  case zeroToBelowOne = "from 0 to below 1"
  case fromOne = "from 1 up"
  case any = "that is finite"

  /// Whether `number` is within the bounds; infinity never is.
  func contains(_ number: Double) -> Bool {
    guard number.isFinite else { return false }
    return switch self {
    case .positive: number > 0
    case .notNegative: number >= 0
    case .zeroToOne: (0...1).contains(number)
    case .zeroToBelowOne: (0..<1).contains(number)
    case .fromOne: number >= 1
    case .any: true
    }
  }
}
