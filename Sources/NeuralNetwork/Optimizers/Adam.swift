import Glibc

/// Gradient descent along running means of the gradient, divided by those of its square.
///
///     m += (1 - β₁)(g - m);   v += (1 - β₂)(g² - v)
///     α = η √(1 - β₂ᵗ) / (1 - β₁ᵗ)                       t = 1, 2, …
///     w -= α m / (√v + ε)                                (AMSGrad: the largest v so far in place of v)
///
/// The formulas and defaults are Keras': `ε` is outside the root of the uncorrected `v`. Sources: Kingma and Ba, "Adam: a
/// method for stochastic optimization" (2014); Reddi, Kale and Kumar, "On the convergence of Adam and beyond" (2018).
public struct Adam: Optimizer {
  /// Its name in files: Keras' class name.
  public static let kind = "Adam"

  /// The step size `η`, before any schedule.
  public var learningRate = 0.001
  /// The share `β₁` of the gradient's running mean that is kept.
  public var beta1 = 0.9
  /// The share `β₂` of the running mean of its square that is kept.
  public var beta2 = 0.999
  /// What keeps the divisor away from zero, `ε`.
  public var epsilon = 1e-7
  /// Whether the largest mean square so far divides, so that steps never grow again.
  public var amsgrad = false
  /// How gradients are bounded.
  public var clipping: GradientClipping?

  /// The rule with Keras' defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate = "learning_rate", beta1 = "beta_1", beta2 = "beta_2", epsilon, amsgrad
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws { try self.init(from: decoder, alsoKnown: []) }

  /// Reads Keras' settings from a mapping that has others too.
  init(from decoder: any Decoder, alsoKnown: [String]) throws {
    let container = try decoder.optimizerContainer(keyedBy: CodingKeys.self, alsoKnown: alsoKnown)
    learningRate = try container.decodeNumber(forKey: .learningRate, or: learningRate, .positive)
    beta1 = try container.decodeNumber(forKey: .beta1, or: beta1, .zeroToBelowOne)
    beta2 = try container.decodeNumber(forKey: .beta2, or: beta2, .zeroToBelowOne)
    epsilon = try container.decodeNumber(forKey: .epsilon, or: epsilon, .positive)
    amsgrad = try container.decodeIfPresent(Bool.self, forKey: .amsgrad) ?? amsgrad
    clipping = try GradientClipping.decode(from: decoder)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(beta1, forKey: .beta1)
    try container.encode(beta2, forKey: .beta2)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(amsgrad, forKey: .amsgrad)
    try clipping?.encode(to: encoder)
  }

  /// The state that the rule keeps.
  public var slots: [OptimizerSlot] {
    [OptimizerSlot("momentum"), OptimizerSlot("velocity")] + (amsgrad ? [OptimizerSlot("velocity_hat")] : [])
  }

  /// Updates all parameters at once, by the formulas above.
  public func update(_ slabs: OptimizerSlabs, learningRate: Float, update: Int) {
    self.update(slabs, learningRate: learningRate, update: update, weightDecay: 0)
  }

  /// Updates all parameters at once after taking `learningRate · weightDecay` of each away from it.
  func update(_ slabs: OptimizerSlabs, learningRate: Float, update: Int, weightDecay: Float) {
    let alpha = learningRate * (1 - power(beta2, update + 1)).squareRoot() / (1 - power(beta1, update + 1))
    descend(
      slabs.parameters, slabs.gradients, slabs.slots[0], slabs.slots[1], largest: amsgrad ? slabs.slots[2] : nil, alpha,
      (Float(1 - beta1), Float(1 - beta2)), Float(epsilon), (weightDecay, learningRate))
  }

  /// Keras' power, of the rate rounded to Float32.
  ///
  /// `1 - β₂ᵗ` is small at first: with the exact rate, `α` would be 1e-5 off, and for all weights in the same direction.
  /// The C library's `pow` decides the last bit, so another version of it may give other bits.
  private func power(_ rate: Double, _ exponent: Int) -> Float { Float(pow(Double(Float(rate)), Double(exponent))) }
}

private func descend(
  _ parameters: Slab, _ gradients: Slab, _ momentums: Slab, _ velocities: Slab, largest: Slab?, _ alpha: Float,
  _ add: (mean: Float, square: Float), _ epsilon: Float, _ decay: (weight: Float, learningRate: Float)
) {
  let isLargestKept = largest != nil
  var values = parameters.vectors.mutableSpan
  let gradients = UnsafeBufferPointer(gradients.vectors).span
  var momentums = momentums.vectors.mutableSpan
  var velocities = velocities.vectors.mutableSpan
  var hats = largest.vectors.mutableSpan
  let count = values.count
  precondition(gradients.count == count && momentums.count == count, "slabs laid out alike")
  precondition(velocities.count == count && hats.count == (isLargestKept ? count : 0), "slabs laid out alike")
  for index in 0..<count {
    let gradient = gradients[unchecked: index]
    var momentum = momentums[unchecked: index]
    var velocity = velocities[unchecked: index]
    momentum += (gradient - momentum) * add.mean
    velocity += (gradient * gradient - velocity) * add.square
    momentums[unchecked: index] = momentum
    velocities[unchecked: index] = velocity
    if isLargestKept {
      let hat = hats[unchecked: index]
      velocity = hat.replacing(with: velocity, where: velocity .> hat)
      hats[unchecked: index] = velocity
    }
    let value = values[unchecked: index]
    values[unchecked: index] =
      value - value * decay.weight * decay.learningRate - momentum * alpha / (velocity.squareRoot() + epsilon)
  }
}
