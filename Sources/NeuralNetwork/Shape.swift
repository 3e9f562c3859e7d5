/// The shape of one sample, without the batch: `[height, width, channels]`, `[length, channels]` or `[features]`.
public struct Shape: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The lengths, in Keras' order: channels last.
  public let dimensions: [Int]

  /// A shape of these lengths.
  public init(_ dimensions: [Int]) { self.dimensions = dimensions }

  /// Reads a list of numbers.
  public init(from decoder: any Decoder) throws {
    dimensions = try decoder.singleValueContainer().decode([Int].self)
  }

  /// Writes a list of numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }
  /// The number of values in a sample.
  public var elementCount: Int { dimensions.reduce(1, *) }
  /// The last dimension.
  public var channels: Int { dimensions.last ?? 1 }
  /// The dimensions before the channels.
  public var spatial: [Int] { Array(dimensions.dropLast()) }

  /// The lengths as a tuple, such as `(8, 8, 1)`.
  public var description: String { "(\(dimensions.map(String.init).joined(separator: ", ")))" }
  /// With the batch, as Keras prints it: `(None, 8, 8, 1)`.
  public var withBatch: String { "(None, \(dimensions.map(String.init).joined(separator: ", ")))" }
}

/// A layer that cannot take the shape it is given.
public struct ShapeError: Error, Sendable, CustomStringConvertible {
  /// The layer: its place, name and class; filled in by whoever knows them.
  public var layer = ""
  /// What the layer needs.
  public let expected: String
  /// The shape it is given.
  public let found: Shape
  /// What to change.
  public let advice: String

  /// Describes the misfit.
  public init(expected: String, found: Shape, advice: String) {
    self.expected = expected
    self.found = found
    self.advice = advice
  }

  /// The message, `layer: expected …, found …; advice`.
  public var description: String { "\(layer): expected \(expected), found \(found); \(advice)" }
}
