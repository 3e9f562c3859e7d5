/// `x` above 0, `alpha · (exp(x) - 1)` elsewhere (Clevert, Unterthiner and Hochreiter, 2015).
public struct ELU: ActivationFunctionLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "ELU"
  /// What the contract tests run on.
  public static let examples = [LayerExample(ELU(), on: [5, 4, 3]), LayerExample(ELU(alpha: 0.5), on: [7])]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// What the function falls to, negated.
  public var alpha: Double

  /// The function with Keras' default.
  public init(alpha: Double = 1) { self.alpha = alpha }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, alpha }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    alpha = try container.decodeNumber(forKey: .alpha, or: 1, .notNegative)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(alpha, forKey: .alpha)
  }

  /// The function applied to the input.
  public var activation: Activation { .elementwise(.elu(alpha: Float(alpha))) }
}
