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
    Text.visible((place.isEmpty ? "" : "\(place): ") + problem + (advice.map { "; \($0)" } ?? ""))
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

/// The candidate that differs from `name` in the fewest letters, if it is close enough to be a slip of the hand.
public func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
  let best = candidates.map { ($0, editDistance(name, $0)) }.min { $0.1 < $1.1 }
  guard let best, best.1 <= max(2, name.count / 3) else { return nil }
  return best.0
}

/// The fewest insertions, deletions and replacements that turn one word into the other, upper and lower case alike
/// (Levenshtein).
private func editDistance(_ first: String, _ second: String) -> Int {
  let (first, second) = (Array(first.lowercased()), Array(second.lowercased()))
  var row = Array(0...second.count)
  for (i, letter) in first.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in second.enumerated() {
      let replaced = diagonal + (letter == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[second.count]
}
