/// The shape of one sample, without the batch: `[height, width, channels]`, `[length, channels]` or `[features]`.
public struct Shape: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The lengths, in Keras' order: channels last.
  public let dimensions: [Int]

  /// A shape of these lengths.
  public init(_ dimensions: [Int]) { self.dimensions = dimensions }

  /// A shape that somebody wrote down: one to three lengths, and no more values than ``maximumCount``.
  ///
  /// - Throws: ``ConfigurationError`` that names `place`.
  public init(checking dimensions: [Int], at place: String = "") throws(ConfigurationError) {
    guard (1...3).contains(dimensions.count), dimensions.allSatisfy({ $0 >= 1 }) else {
      throw ConfigurationError(
        "expected one to three whole numbers from 1 up, found \(dimensions)", at: place,
        advice: "write height, width and channels, such as [28, 28, 1]")
    }
    guard Self.count(of: dimensions) != nil else {
      throw ConfigurationError("expected at most \(Self.maximumCount) values, found \(dimensions)", at: place)
    }
    self.dimensions = dimensions
  }

  /// Reads a list of numbers.
  ///
  /// - Throws: ``ConfigurationError`` if no sample can have that shape.
  public init(from decoder: any Decoder) throws {
    try self.init(
      checking: decoder.singleValueContainer().decode([Int].self), at: ConfigurationError.place(decoder.codingPath))
  }

  /// Writes a list of numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }

  /// The most values that a sample can have between two layers: more than any machine holds, and far from overflow.
  public static let maximumCount = 1 << 40

  /// The product of the dimensions, which are not negative; nil if it is above ``maximumCount``.
  static func count(of dimensions: [Int]) -> Int? {
    dimensions.reduce(1) { product, dimension in
      guard let (product, overflows) = product?.multipliedReportingOverflow(by: dimension),
        !overflows, product <= maximumCount
      else { return nil }
      return product
    }
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
