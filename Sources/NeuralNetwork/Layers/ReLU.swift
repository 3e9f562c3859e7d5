/// `max(0, x)` of each value, with a slope below 0 or a bound above if wanted.
public struct ReLU: ActivationFunctionLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "ReLU"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(ReLU(), on: [5, 4, 3]), LayerExample(ReLU(maximum: 0.5), on: [17]),
    LayerExample(ReLU(negativeSlope: 0.1), on: [7]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The largest result; nil for no bound.
  public var maximum: Double?
  /// The slope below 0.
  public var negativeSlope: Double

  /// The function with Keras' defaults; a bound and a slope exclude each other.
  public init(maximum: Double? = nil, negativeSlope: Double = 0) {
    self.maximum = maximum
    self.negativeSlope = negativeSlope
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, maximum = "max_value", negativeSlope = "negative_slope", threshold
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    maximum =
      try container.contains(.maximum) && !container.decodeNil(forKey: .maximum)
      ? container.decodeNumber(forKey: .maximum, .positive) : nil
    negativeSlope = try container.decodeNumber(forKey: .negativeSlope, or: 0, .notNegative)
    try container.require(0.0, forKey: .threshold)
    guard maximum == nil || negativeSlope == 0 else {
      throw ConfigurationError(
        "max_value and negative_slope exclude each other here", at: ConfigurationError.place(decoder.codingPath),
        advice: "train with Keras what needs both")
    }
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(maximum, forKey: .maximum)
    try container.encode(negativeSlope, forKey: .negativeSlope)
    try container.encode(0, forKey: .threshold)
  }

  /// The function applied to the input.
  public var activation: Activation {
    if let maximum { return .elementwise(.boundedReLU(bound: Float(maximum))) }
    return negativeSlope == 0 ? .relu : .elementwise(.leakyReLU(slope: Float(negativeSlope)))
  }
}
