/// Gradient descent with each step divided by a running root mean square of the gradient.
///
///     v = ρ v + (1 - ρ) g²;   s = η g / √(v + ε)         (centered: a = ρ a + (1 - ρ) g;  s = η g / √(v - a² + ε))
///     momentum = 0:   w -= s
///     else:           m = μ m + s;   w -= m
///
/// The formulas and defaults are Keras'. Source: Hinton, "Neural networks for machine learning", lecture 6e (2012).
public struct RMSprop: Optimizer {
  /// Its name in files: Keras' class name.
  public static let kind = "RMSprop"

  /// The step size `η`, before any schedule.
  public var learningRate = 0.001
  /// The share `ρ` of the running averages that is kept.
  public var rho = 0.9
  /// The share `μ` of the last step that is kept.
  public var momentum = 0.0
  /// What keeps the root away from zero, `ε`.
  public var epsilon = 1e-7
  /// Whether the square of the gradient's running mean is taken off: divides by a deviation.
  public var centered = false
  /// How gradients are bounded.
  public var clipping: GradientClipping?

  /// The rule with Keras' defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate = "learning_rate", rho, momentum, epsilon, centered
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.optimizerContainer(keyedBy: CodingKeys.self)
    learningRate = try container.decodeNumber(forKey: .learningRate, or: learningRate, .positive)
    rho = try container.decodeNumber(forKey: .rho, or: rho, .zeroToBelowOne)
    momentum = try container.decodeNumber(forKey: .momentum, or: momentum, .zeroToOne)
    epsilon = try container.decodeNumber(forKey: .epsilon, or: epsilon, .positive)
    centered = try container.decodeIfPresent(Bool.self, forKey: .centered) ?? centered
    clipping = try GradientClipping.decode(from: decoder)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(rho, forKey: .rho)
    try container.encode(momentum, forKey: .momentum)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(centered, forKey: .centered)
    try clipping?.encode(to: encoder)
  }

  /// The state that the rule keeps.
  public var slots: [OptimizerSlot] {
    [OptimizerSlot("velocity")] + (momentum > 0 ? [OptimizerSlot("momentum")] : [])
      + (centered ? [OptimizerSlot("average_gradient")] : [])
  }

  /// Updates all parameters at once, by the formulas above.
  public func update(_ slabs: OptimizerSlabs, learningRate: Float, update: Int) {
    descend(
      slabs.parameters, slabs.gradients, slabs.slots[0], momenta: momentum > 0 ? slabs.slots[1] : nil,
      averages: centered ? slabs.slots.last : nil, learningRate, self)
  }
}

private func descend(
  _ parameters: Slab, _ gradients: Slab, _ velocities: Slab, momenta: Slab?, averages: Slab?, _ learningRate: Float,
  _ rule: RMSprop
) {
  let (hasMomentum, isCentered) = (momenta != nil, averages != nil)
  var values = parameters.vectors.mutableSpan
  let gradients = UnsafeBufferPointer(gradients.vectors).span
  var velocities = velocities.vectors.mutableSpan
  var momenta = momenta.vectors.mutableSpan
  var averages = averages.vectors.mutableSpan
  let count = values.count
  precondition(gradients.count == count && velocities.count == count, "slabs laid out alike")
  precondition(momenta.count == (hasMomentum ? count : 0), "slabs laid out alike")
  precondition(averages.count == (isCentered ? count : 0), "slabs laid out alike")
  let (keep, add) = (Float(rule.rho), Float(1 - rule.rho))
  let (share, epsilon) = (Float(rule.momentum), Float(rule.epsilon))
  for index in 0..<count {
    let gradient = gradients[unchecked: index]
    let velocity = keep * velocities[unchecked: index] + add * (gradient * gradient)
    velocities[unchecked: index] = velocity
    var square = velocity + epsilon
    if isCentered {
      let average = keep * averages[unchecked: index] + add * gradient
      averages[unchecked: index] = average
      square = velocity - average * average + epsilon
    }
    var step = learningRate * gradient / square.squareRoot()
    if hasMomentum {
      step += share * momenta[unchecked: index]
      momenta[unchecked: index] = step
    }
    values[unchecked: index] -= step
  }
}
