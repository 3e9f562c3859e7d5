import Numerics

/// Uniform in `[minval, maxval)`.
public struct RandomUniform: Initializer {
  /// Its name in files: Keras' class name.
  public static let kind = "RandomUniform"

  /// The least value.
  public var minimum: Double
  /// The bound that values stay below.
  public var maximum: Double

  /// Values with Keras' defaults.
  public init(minimum: Double = -0.05, maximum: Double = 0.05) {
    self.minimum = minimum
    self.maximum = maximum
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case minimum = "minval", maximum = "maxval" }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.initializerContainer(keyedBy: CodingKeys.self)
    minimum = try container.decodeNumber(forKey: .minimum, or: minimum, .any)
    maximum = try container.decodeNumber(forKey: .maximum, or: maximum, .any)
    guard minimum < maximum else {
      throw ConfigurationError(
        "minval must be below maxval, found \(minimum) and \(maximum)",
        at: ConfigurationError.place(decoder.codingPath))
    }
  }

  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  public func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream) {
    for index in 0..<values.count { values[index] = stream.uniform(Float(minimum), Float(maximum)) }
  }
}
