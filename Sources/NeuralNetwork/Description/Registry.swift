/// A type that model and run files know by name: a layer, a loss, an optimizer, an initializer, a schedule.
public protocol Registered: Codable, Sendable {
  /// Its name: Keras' class name. Files may also write it in Keras' other form, `glorot_uniform` for `GlorotUniform`.
  static var kind: String { get }
  /// Other names it goes by.
  static var aliases: [String] { get }
  /// What a file for Keras says instead, for types that Keras does not have.
  var kerasForm: any Registered { get }
}

extension Registered {
  /// None.
  public static var aliases: [String] { [] }
  /// The value itself: Keras has this type.
  public var kerasForm: any Registered { self }
}

/// All types of one sort that files can name.
///
/// A new one is one line in ``types``.
public protocol Registry: Sendable {
  /// What decoding yields, such as `any Layer`.
  associatedtype Element: Sendable
  /// The sort, for messages: "layer".
  static var noun: String { get }
  /// Every type there is.
  static var types: [any Registered.Type] { get }
  /// How a choice is written.
  static var style: RegistryStyle { get }
}

/// How a choice is written into a file.
public enum RegistryStyle: Sendable {
  /// `{name: sgd, learning_rate: 0.1}`, as in run files.
  case flat
  /// `{class_name: …, config: {…}}`, as Keras writes layers; with the module where Keras looks for the class.
  case keras(module: String?)
}

extension Registry {
  /// The names of all types, as run files have them, for help texts.
  public static var names: String { types.map { $0.kind.lowercased() }.joined(separator: ", ") }

  /// The type of that name, in any of its forms.
  public static func type(named name: String) -> (any Registered.Type)? {
    let name = canonical(name)
    return types.first { type in ([type.kind] + type.aliases).contains { canonical($0) == name } }
  }

  private static func canonical(_ name: String) -> String {
    String(name.lowercased().filter { $0 != "_" && $0 != "-" })
  }
}

/// One element of a registry, as a file names it.
///
/// Read from a bare name (`flatten`), a name with settings (`Dense: {units: 10}`), a flat mapping
/// (`{name: sgd, momentum: 0.9}`) or Keras' form (`{class_name: Dense, config: {units: 10}}`).
public struct Choice<Source: Registry>: Codable, Sendable {
  /// What was chosen, with its settings.
  public var value: Source.Element

  /// Chooses `value`.
  public init(_ value: Source.Element) { self.value = value }

  /// Reads any of the forms.
  ///
  /// - Throws: ``ConfigurationError`` that names an unknown name and the known ones.
  public init(from decoder: any Decoder) throws {
    let (name, settings) = try Self.nameAndSettings(decoder)
    let place = ConfigurationError.place(decoder.codingPath)
    guard let type = Source.type(named: name) else {
      let names = Source.types.map { $0.kind }
      throw ConfigurationError(
        "unknown \(Source.noun) '\(name)'", at: place,
        advice: (nearest(to: name, among: names).map { "did you mean \($0)? " } ?? "")
          + "known: \(names.joined(separator: ", "))")
    }
    do {
      guard let value = try type.init(from: settings) as? Source.Element else {
        throw ConfigurationError("\(type.kind) is not a \(Source.noun)", at: place)
      }
      self.value = value
    } catch let error as DecodingError {
      throw ConfigurationError(error)
    }
  }

  /// The settings of the choice, without its name.
  static func settings(of decoder: any Decoder) throws -> any Decoder { try nameAndSettings(decoder).1 }

  private static func nameAndSettings(_ decoder: any Decoder) throws -> (String, any Decoder) {
    let nothing = ConfigurationDecoder(.mapping([:]), at: decoder.codingPath)
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      return (name, nothing)
    }
    let place = ConfigurationError.place(decoder.codingPath)
    guard let container = try? decoder.container(keyedBy: AnyKey.self) else {
      throw ConfigurationError("expected the name of a \(Source.noun), or a mapping", at: place)
    }
    let className = AnyKey(stringValue: "class_name")
    let config = AnyKey(stringValue: "config")
    let name = AnyKey(stringValue: "name")
    if container.contains(className) {
      let settings: any Decoder =
        container.contains(config)
        ? try container.superDecoder(forKey: config) : nothing
      return (try container.decode(String.self, forKey: className), settings)
    }
    if container.allKeys.count == 1, let key = container.allKeys.first, Source.type(named: key.stringValue) != nil {
      let isEmpty = try container.decodeNil(forKey: key)
      return (
        key.stringValue,
        isEmpty ? nothing : try container.superDecoder(forKey: key)
      )
    }
    guard container.contains(name) else {
      // The only key is a name that is not known, unless its value could not be that one's settings.
      guard container.allKeys.count == 1, let key = container.allKeys.first,
        try container.decodeNil(forKey: key)
          || (try? container.nestedContainer(keyedBy: AnyKey.self, forKey: key)) != nil
      else {
        throw ConfigurationError("the \(Source.noun) has no name", at: place, advice: "write name: …")
      }
      return (key.stringValue, decoder)
    }
    return (try container.decode(String.self, forKey: name), decoder)
  }

  /// Writes the form of the registry's style.
  public func encode(to encoder: any Encoder) throws {
    guard let value = value as? any Registered else { return }
    var container = encoder.container(keyedBy: AnyKey.self)
    switch Source.style {
    case .flat:
      try container.encode(type(of: value).kind.lowercased(), forKey: AnyKey(stringValue: "name"))
      try value.encode(to: encoder)
    case .keras(let module):
      let value = value.kerasForm
      if let module {
        try container.encode(module, forKey: AnyKey(stringValue: "module"))
        try container.encodeNil(forKey: AnyKey(stringValue: "registered_name"))
      }
      try container.encode(type(of: value).kind, forKey: AnyKey(stringValue: "class_name"))
      try value.encode(to: container.superEncoder(forKey: AnyKey(stringValue: "config")))
    }
  }
}
