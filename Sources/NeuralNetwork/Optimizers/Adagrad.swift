/// Gradient descent with each step divided by the root of the sum of all squared gradients so far.
///
///     a += g²;   w -= η g / √(a + ε)
///
/// The formula and defaults are Keras'. Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning
/// and stochastic optimization" (2011).
public struct Adagrad: Optimizer {
  /// Its name in files: Keras' class name.
  public static let kind = "Adagrad"

  /// The step size `η`, before any schedule.
  public var learningRate = 0.001
  /// What the sum `a` starts with.
  public var initialAccumulatorValue = 0.1
  /// What keeps the root away from zero, `ε`.
  public var epsilon = 1e-7
  /// How gradients are bounded.
  public var clipping: GradientClipping?

  /// The rule with Keras' defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate = "learning_rate", initialAccumulatorValue = "initial_accumulator_value", epsilon
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.optimizerContainer(keyedBy: CodingKeys.self)
    learningRate = try container.decodeNumber(forKey: .learningRate, or: learningRate, .positive)
    initialAccumulatorValue = try container.decodeNumber(
      forKey: .initialAccumulatorValue, or: initialAccumulatorValue, .notNegative)
    epsilon = try container.decodeNumber(forKey: .epsilon, or: epsilon, .positive)
    clipping = try GradientClipping.decode(from: decoder)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(initialAccumulatorValue, forKey: .initialAccumulatorValue)
    try container.encode(epsilon, forKey: .epsilon)
    try clipping?.encode(to: encoder)
  }

  /// The state that the rule keeps.
  public var slots: [OptimizerSlot] {
    [OptimizerSlot("accumulator", initialValue: Float(initialAccumulatorValue))]
  }

  /// Updates all parameters at once, by the formula above.
  public func update(_ slabs: OptimizerSlabs, learningRate: Float, update: Int) {
    descend(slabs.parameters, slabs.gradients, slabs.slots[0], learningRate, Float(epsilon))
  }
}

private func descend(
  _ parameters: Slab, _ gradients: Slab, _ accumulators: Slab, _ learningRate: Float, _ epsilon: Float
) {
  var values = parameters.vectors.mutableSpan
  let gradients = UnsafeBufferPointer(gradients.vectors).span
  var accumulators = accumulators.vectors.mutableSpan
  let count = values.count
  precondition(gradients.count == count && accumulators.count == count, "slabs laid out alike")
  for index in 0..<count {
    let gradient = gradients[unchecked: index]
    let accumulator = accumulators[unchecked: index] + gradient * gradient
    accumulators[unchecked: index] = accumulator
    values[unchecked: index] -= learningRate * gradient / (accumulator + epsilon).squareRoot()
  }
}
