extension Decoder {
  /// The mapping to decode, after checking that each of its keys is known.
  ///
  /// Keys that Keras writes into every layer and that have only one value here (`trainable`, `data_format`, …) are
  /// accepted with that value and with no other.
  ///
  /// - Throws: ``ConfigurationError`` that names the unknown key and the nearest known one.
  public func strictContainer<Key: CodingKey & CaseIterable>(keyedBy type: Key.Type) throws
    -> KeyedDecodingContainer<Key>
  {
    let known = Set(Key.allCases.map(\.stringValue))
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
      "bias_constraint", "quantization_config",
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

  /// The value, if it is written; the type follows from the use.
  func decodeIfPresent<T: Decodable>(forKey key: Key) throws -> T? { try decodeIfPresent(T.self, forKey: key) }

  /// Checks that a key that has only one supported value has it, if it is written.
  func require<T: Decodable & Equatable>(_ value: T, forKey key: Key) throws {
    guard let found = try decodeIfPresent(T.self, forKey: key), found != value else { return }
    throw ConfigurationError(
      "the only supported value is \(value), found \(found)", at: ConfigurationError.place(codingPath + [key]))
  }
}
