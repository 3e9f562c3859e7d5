/// Adam with weight decay that the gradient's running means do not see: `w -= η λ w`, then Adam's step.
///
/// The formula and defaults are Keras'; every parameter decays, biases too, as in Keras unless it is told otherwise.
/// Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).
public struct AdamW: Optimizer {
  /// Its name in files: Keras' class name.
  public static let kind = "AdamW"

  /// The rule that follows the decay.
  public var adam = Adam()
  /// The share `λ` of a parameter that a step of size 1 takes away.
  public var weightDecay = 0.004

  /// The rule with Keras' defaults.
  public init() {}

  /// The step size `η`, before any schedule.
  public var learningRate: Double {
    get { adam.learningRate }
    set { adam.learningRate = newValue }
  }

  /// How gradients are bounded.
  public var clipping: GradientClipping? {
    get { adam.clipping }
    set { adam.clipping = newValue }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case weightDecay = "weight_decay" }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    adam = try Adam(from: decoder, alsoKnown: [CodingKeys.weightDecay.rawValue])
    let container = try decoder.container(keyedBy: CodingKeys.self)
    weightDecay = try container.decodeNumber(forKey: .weightDecay, or: weightDecay, .notNegative)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    try adam.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(weightDecay, forKey: .weightDecay)
  }

  /// The state that the rule keeps.
  public var slots: [OptimizerSlot] { adam.slots }

  /// Updates all parameters at once, by the formulas above.
  public func update(_ slabs: OptimizerSlabs, learningRate: Float, update: Int) {
    adam.update(slabs, learningRate: learningRate, update: update, weightDecay: Float(weightDecay))
  }
}
