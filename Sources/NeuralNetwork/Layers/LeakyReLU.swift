/// `x` above 0, `negative_slope · x` elsewhere.
public struct LeakyReLU: ActivationFunctionLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "LeakyReLU"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(LeakyReLU(), on: [5, 4, 3]), LayerExample(LeakyReLU(negativeSlope: 0.01), on: [7]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The slope below 0.
  public var negativeSlope: Double

  /// The function with Keras' default slope.
  public init(negativeSlope: Double = 0.3) { self.negativeSlope = negativeSlope }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, alpha, negativeSlope = "negative_slope" }

  /// Reads Keras' settings; Keras 2 says `alpha`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    let older = try container.decodeNumber(forKey: .alpha, or: 0.3, .notNegative)
    negativeSlope = try container.decodeNumber(forKey: .negativeSlope, or: older, .notNegative)
  }

  /// Writes Keras 2's word for the slope, which Keras 3 reads too.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(negativeSlope, forKey: .alpha)
  }

  /// The function applied to the input.
  public var activation: Activation { .elementwise(.leakyReLU(slope: Float(negativeSlope))) }
}
