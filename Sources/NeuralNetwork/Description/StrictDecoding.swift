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

extension KeyedDecodingContainer {
  /// A whole number within limits.
  ///
  /// The upper one is what lengths, kernels and batches never reach, and what products of two can be computed from.
  public func decodeCount(forKey key: Key, from least: Int = 1, to most: Int = Int(Int32.max)) throws -> Int {
    let count = try decode(Int.self, forKey: key)
    guard (least...most).contains(count) else {
      throw ConfigurationError(
        "expected a whole number " + (count < least ? "from \(least) up" : "of at most \(most)") + ", found \(count)",
        at: ConfigurationError.place(codingPath + [key]))
    }
    return count
  }

  /// A whole number within limits, if it is written.
  public func decodeCountIfPresent(forKey key: Key, from least: Int = 1, to most: Int = Int(Int32.max)) throws -> Int? {
    guard contains(key), try !decodeNil(forKey: key) else { return nil }
    return try decodeCount(forKey: key, from: least, to: most)
  }

  /// The value, if it is written; the type follows from the use.
  func decodeIfPresent<T: Decodable>(forKey key: Key) throws -> T? { try decodeIfPresent(T.self, forKey: key) }
}
