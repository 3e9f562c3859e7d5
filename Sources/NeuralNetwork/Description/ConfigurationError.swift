import Numerics

/// Something in a model or run file, or in a flag, that cannot be used.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where it stands, such as `layers[2].units`; empty when it concerns the whole.
  public var place: String
  /// What is wrong: what was expected and what was found.
  public var problem: String
  /// What to do about it.
  public var advice: String?

  /// Describes the problem.
  public init(_ problem: String, at place: String = "", advice: String? = nil) {
    self.place = place
    self.problem = problem
    self.advice = advice
  }

  /// Puts the decoder's complaint into words.
  public init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, let context):
      self.init("the key '\(key.stringValue)' is missing", at: Self.place(context.codingPath))
    case .valueNotFound(_, let context):
      self.init("a value is missing", at: Self.place(context.codingPath))
    case .typeMismatch(let type, let context):
      self.init(
        "expected \(Self.noun(of: type)), found something else", at: Self.place(context.codingPath))
    case .dataCorrupted(let context):
      self.init(context.debugDescription, at: Self.place(context.codingPath))
    @unknown default:
      self.init("\(error)")
    }
  }

  /// Puts the file's name before the place.
  public mutating func stands(in file: String) { place = place.isEmpty ? file : "\(file): \(place)" }

  /// The message, `place: problem; advice`.
  public var description: String {
    Text.visible((place.isEmpty ? "" : "\(Self.shortened(place)): ") + Self.shortened(problem))
      + (advice.map { "; \(Text.visible($0))" } ?? "")
  }

  /// A value may be the layers of a whole network: its beginning and its end are enough to know it again.
  private static func shortened(_ text: String) -> String {
    // By scalars: one character can have thousands of them.
    let scalars = text.unicodeScalars
    return scalars.count > 600 ? "\(String(scalars.prefix(400))) … \(String(scalars.suffix(150)))" : text
  }

  /// Writes a coding path as it would be written in the file: `layers[2].units`.
  public static func place(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { place, key in
      if let index = key.intValue {
        place += "[\(index)]"
      } else {
        place += place.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
  }

  static func noun(of type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is String.Type: "a text"
    case is [Any].Type: "a list"
    default: "a mapping"
    }
  }
}
