/// Gives a ``ConfigurationValue`` its type; every error names the place, what was expected there and what was found.
///
/// Not by way of JSON, which has no word for NaN and whose reader does not say where a number is too large.
struct ConfigurationDecoder: Decoder {
  let value: ConfigurationValue
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ value: ConfigurationValue, at codingPath: [any CodingKey] = []) {
    self.value = value
    self.codingPath = codingPath
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .mapping(let mapping) = value else { throw expected("a mapping") }
    return KeyedDecodingContainer(MappingContainer(mapping: mapping, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let array) = value else { throw expected("a list") }
    return ListContainer(list: array, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  fileprivate func expected(_ what: String) -> ConfigurationError {
    ConfigurationError("expected \(what), found \(value)", at: ConfigurationError.place(codingPath))
  }
}

extension ConfigurationDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { value == .null }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let found: Any? =
      switch type {
      case is ConfigurationValue.Type: value
      case is Bool.Type: if case .bool(let flag) = value { flag } else { nil }
      case is String.Type: if case .string(let text) = value { text } else { nil }
      case let type as any FixedWidthInteger.Type: wholeNumber(of: type)
      case let type as any BinaryFloatingPoint.Type: number(of: type)
      default: try T(from: self)
      }
    guard let found = found as? T else { throw expected(ConfigurationError.noun(of: type)) }
    return found
  }

  private func wholeNumber<T: FixedWidthInteger>(of type: T.Type) -> T? {
    switch value {
    case .int(let number): T(exactly: number)
    case .double(let number): T(exactly: number)
    default: nil
    }
  }

  private func number<T: BinaryFloatingPoint>(of type: T.Type) -> T? {
    switch value {
    case .int(let number): T(number)
    case .double(let number): T(number)
    case .string(let text) where text.contains("/"): Double(fraction: text).map { T($0) }
    default: nil
    }
  }
}

/// The keys of a mapping.
private struct MappingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let mapping: [String: ConfigurationValue]
  let codingPath: [any CodingKey]

  // Sorted, so that of two mistakes the same one is reported every time.
  var allKeys: [Key] { mapping.keys.sorted().compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { mapping[key.stringValue] != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try decoder(for: key).decodeNil() }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(for: key).decode(type) }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  { try decoder(for: key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(for: key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { ConfigurationDecoder(.mapping(mapping), at: codingPath) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(for: key) }

  private func decoder(for key: Key) throws -> ConfigurationDecoder {
    guard let value = mapping[key.stringValue] else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "nothing is written here"))
    }
    return ConfigurationDecoder(value, at: codingPath + [key])
  }
}

/// The values of a list.
private struct ListContainer: UnkeyedDecodingContainer {
  let list: [ConfigurationValue]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(list: [ConfigurationValue], codingPath: [any CodingKey]) {
    self.list = list
    self.codingPath = codingPath
  }

  var count: Int? { list.count }
  var isAtEnd: Bool { currentIndex == list.count }

  mutating func decodeNil() throws -> Bool {
    guard try decoder().decodeNil() else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let value = try decoder().decode(type)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try superDecoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try superDecoder().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try decoder()
    currentIndex += 1
    return decoder
  }

  private func decoder() throws -> ConfigurationDecoder {
    let path = codingPath + [AnyKey(intValue: currentIndex)]
    guard !isAtEnd else {
      throw ConfigurationError("a value is missing", at: ConfigurationError.place(path))
    }
    return ConfigurationDecoder(list[currentIndex], at: path)
  }
}
