import NeuralNetwork
import Yams

/// Settings as keys and values, before they are checked: a file, with the flags laid over it.
public struct ConfigurationTree: Sendable {
  /// The keys and values.
  public private(set) var root: ConfigurationValue

  /// Whether there are keys at all, or a list or a single value in their place.
  public var isMapping: Bool { if case .mapping = root { true } else { false } }

  /// No settings: everything takes its default.
  public init() { root = .mapping([:]) }

  /// These settings.
  public init(_ root: ConfigurationValue) { self.root = root }

  /// Reads YAML; JSON is YAML.
  ///
  /// - Throws: ``ConfigurationError`` with file and line if it is not, or if it has anchors.
  public init(yaml text: String, from file: String) throws {
    do {
      root = try Self.read(text) ?? .mapping([:])
    } catch var error as ConfigurationError {
      error.stands(in: file)
      throw error
    } catch let error as YamlError {
      throw ConfigurationError(
        "not YAML: \(error.inOneLine)", at: file, advice: "write it as YAML or JSON")
    } catch let DecodingError.dataCorrupted(context) {
      let reason = context.underlyingError.map { "\($0)" } ?? context.debugDescription
      throw ConfigurationError(
        "not YAML: \(reason.replacing("\n", with: " "))", at: file, advice: "write it as YAML or JSON")
    }
  }

  /// Reads the text of one value, as a flag has it.
  public static func value(_ text: String) -> ConfigurationValue {
    do { return try read(text) ?? .null } catch { return .string(text) }
  }

  /// The value of a YAML text; nil if there is none.
  private static func read(_ text: String) throws -> ConfigurationValue? {
    try YAMLEvents.check(text)
    guard let node = try compose(text) else { return nil }
    return try YAMLDecoder().decode(ConfigurationValue.self, from: node)
  }

  private static func compose(_ text: String) throws -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch {
      let joined = SurrogatePairs.joined(in: text)
      guard joined != text else { throw error }
      try YAMLEvents.check(joined)
      return try Yams.compose(yaml: joined)
    }
  }

  /// The value at a path such as `optimizer.momentum`, if there is one.
  public func value(at path: String) -> ConfigurationValue? {
    path.split(separator: ".").reduce(root) { value, key in
      guard case .mapping(let mapping) = value else { return nil }
      return mapping[String(key)]
    }
  }

  /// Sets the value at a path such as `optimizer.momentum`; mappings on the way are made.
  public mutating func set(_ path: String, to value: ConfigurationValue) {
    Self.set(path.split(separator: ".").map(String.init)[...], of: &root, to: value)
  }

  private static func set(
    _ path: ArraySlice<String>, of node: inout ConfigurationValue, to value: ConfigurationValue
  ) {
    guard let key = path.first else {
      node = value
      return
    }
    var mapping: [String: ConfigurationValue] = [:]
    switch node {
    case .mapping(let present): mapping = present
    // A bare name is short for a mapping with that name.
    case .string(let name): mapping = ["name": .string(name)]
    default: break
    }
    var child = mapping[key] ?? .null
    set(path.dropFirst(), of: &child, to: value)
    mapping[key] = child
    node = .mapping(mapping)
  }

  /// Checks the settings and gives them their types.
  ///
  /// - Throws: ``ConfigurationError`` that names the place.
  public func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try root.decode(type)
  }
}

extension YamlError {
  /// Where it is and what is wrong, without the lines of the file: `2:18: mapping values are not allowed in this context`.
  fileprivate var inOneLine: String {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "\(mark.line):\(mark.column): \(problem)"
    case .reader(let problem, _, _, _): problem
    default: "\(self)".replacing("\n", with: " ")
    }
  }
}

extension TrainingConfiguration {
  /// The settings as a run file, every key written out.
  public func yaml() throws -> String {
    guard let node = try Yams.compose(yaml: YAMLEncoder().encode(self)) else { return "" }
    return try Yams.serialize(node: node.withReadableNumbers())
  }
}

extension Node {
  /// The same with numbers as people write them: Yams encodes 0.1 as `1e-1`.
  fileprivate func withReadableNumbers() -> Node {
    switch self {
    case .mapping(let mapping):
      let pairs = mapping.map { ($0.key, $0.value.withReadableNumbers()) }
      return .mapping(Mapping(pairs, mapping.tag, mapping.style))
    case .sequence(let sequence):
      return .sequence(Sequence(sequence.map { $0.withReadableNumbers() }, sequence.tag, sequence.style))
    case .scalar(var scalar):
      guard tag == Tag(.float), let number = Double(scalar.string) else { return self }
      scalar.string = "\(number)"
      return .scalar(scalar)
    case .alias:
      return self
    }
  }
}
