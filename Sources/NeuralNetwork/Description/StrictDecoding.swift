/// The keys of what has no settings.
enum NoKeys: CodingKey, CaseIterable {}

extension Decoder {
  /// The mapping to decode, after checking that each of its keys is known.
  ///
  /// Keys that Keras writes into every layer and that have only one value here (`trainable`, `data_format`, …) are
  /// accepted with that value and with no other.
  ///
  /// - Parameters:
  ///   - alsoKnown: keys of this mapping that are read elsewhere, or that mean nothing here.
  ///   - inner: the paths of settings within others, to be named where somebody looks for them in this mapping.
  /// - Throws: ``ConfigurationError`` that names the unknown key and the nearest known one.
  public func strictContainer<Key: CodingKey & CaseIterable>(
    keyedBy type: Key.Type, alsoKnown: [String] = [], inner: [String] = []
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Set(Key.allCases.map(\.stringValue)).union(alsoKnown)
    let written = try container(keyedBy: AnyKey.self)
    for key in written.allKeys where !known.contains(key.stringValue) {
      let value = try written.decode(ConfigurationValue.self, forKey: key)
      try checkFixedKey(key.stringValue, value, known: known, inner)
    }
    return try container(keyedBy: type)
  }

  private func checkFixedKey(
    _ key: String, _ value: ConfigurationValue, known: Set<String>, _ inner: [String]
  ) throws {
    let place = ConfigurationError.place(codingPath)
    switch (key, value) {
    case ("name", .string), ("class_name", .string), ("trainable", .bool), ("groups", .int(1)),
      ("data_format", .string("channels_last")), ("data_format", .null), ("batch_input_shape", .array):
      return
    case ("dtype", _):
      if value == .null || KerasPrecision(value) != nil { return }
    case ("bias_regularizer", .null), ("activity_regularizer", .null), ("kernel_constraint", .null),
      ("bias_constraint", .null), ("depthwise_constraint", .null), ("quantization_config", .null):
      return
    case ("input_axes", .null), ("output_axes", .null), ("weight_decay", .null), ("use_ema", .bool(false)),
      ("ema_momentum", _), ("ema_overwrite_frequency", .null), ("loss_scale_factor", .null),
      ("gradient_accumulation_steps", .null):
      return
    default:
      // At the root, what Keras writes into layers is a setting in the wrong place.
      guard isFixedKey(key), inner.isEmpty else {
        let meaning = Meaning(of: key, among: known.sorted() + inner)
        throw ConfigurationError(
          "unknown key '\(key)'", at: place,
          advice: key == "input_shape"
            ? "the model has it, beside its layers; or leave it out: the store knows it"
            : meaning?.advice(about: key) ?? "known keys: \(known.sorted().joined(separator: ", "))")
      }
    }
    throw ConfigurationError.unsupported(key, value, at: place)
  }

  private func isFixedKey(_ key: String) -> Bool {
    [
      "trainable", "groups", "data_format", "dtype", "bias_regularizer", "activity_regularizer", "kernel_constraint",
      "bias_constraint", "depthwise_constraint", "quantization_config", "input_axes", "output_axes", "weight_decay",
      "use_ema", "ema_momentum",
      "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps",
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

  /// A whole number within limits, if it is written.
  public func decodeCountIfPresent(forKey key: Key, from least: Int = 1, to most: Int = Int(Int32.max)) throws -> Int? {
    guard contains(key), try !decodeNil(forKey: key) else { return nil }
    return try decodeCount(forKey: key, from: least, to: most)
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

extension KeyedDecodingContainer {
  /// Checks that a key that has no supported value but nothing is not written, or null.
  func requireNothing(forKey key: Key) throws {
    guard contains(key), try !decodeNil(forKey: key) else { return }
    throw ConfigurationError.unsupported(
      key.stringValue, try decode(ConfigurationValue.self, forKey: key), at: ConfigurationError.place(codingPath))
  }

  /// Finite numbers, if the key is written: one, or a list, or Keras' list of lists of one shape.
  func decodeNumbers(forKey key: Key) throws -> [Double]? {
    guard contains(key), try !decodeNil(forKey: key) else { return nil }
    let numbers = Self.flat(try decode(ConfigurationValue.self, forKey: key))
    guard let numbers, !numbers.isEmpty, numbers.allSatisfy(\.isFinite) else {
      throw ConfigurationError(
        "expected a number or a list of numbers", at: ConfigurationError.place(codingPath + [key]))
    }
    return numbers
  }

  private static func flat(_ value: ConfigurationValue) -> [Double]? {
    switch value {
    case .int(let number): return [Double(number)]
    case .double(let number): return [number]
    case .string(let text) where text.contains("/"): return Double(fraction: text).map { [$0] }
    case .array(let values):
      let parts = values.map(flat)
      return parts.contains { $0 == nil } ? nil : parts.flatMap { $0 ?? [] }
    default: return nil
    }
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
