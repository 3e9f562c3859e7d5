/// Gradient descent, with momentum if wanted.
///
///     momentum = 0:   w -= η g
///     else:           m = μ m - η g;   w += m            (Nesterov: w += μ m - η g)
///
/// The formulas and defaults are Keras'.
public struct SGD: Optimizer {
  /// Its name in files: Keras' class name.
  public static let kind = "SGD"

  /// The step size `η`, before any schedule.
  public var learningRate: Double
  /// The share `μ` of the last step that is kept.
  public var momentum: Double
  /// Whether the gradient's step is looked ahead along the momentum.
  public var nesterov: Bool
  /// How gradients are bounded.
  public var clipping: GradientClipping?

  /// Gradient descent with Keras' defaults.
  public init(
    learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false, clipping: GradientClipping? = nil
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.clipping = clipping
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate = "learning_rate", momentum, nesterov
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.optimizerContainer(keyedBy: CodingKeys.self)
    learningRate = try container.decodeNumber(forKey: .learningRate, or: learningRate, .positive)
    momentum = try container.decodeNumber(forKey: .momentum, or: momentum, .zeroToOne)
    nesterov = try container.decodeIfPresent(Bool.self, forKey: .nesterov) ?? nesterov
    clipping = try GradientClipping.decode(from: decoder)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(momentum, forKey: .momentum)
    try container.encode(nesterov, forKey: .nesterov)
    try clipping?.encode(to: encoder)
  }

  /// The state that the rule keeps.
  public var slots: [OptimizerSlot] { momentum == 0 ? [] : [OptimizerSlot("momentum")] }

  /// Updates all parameters at once, by the formulas above.
  public func update(_ slabs: OptimizerSlabs, learningRate: Float, update: Int) {
    if let momenta = slabs.slots.first {
      descend(slabs.parameters, slabs.gradients, momenta, learningRate, Float(momentum), nesterov)
    } else {
      descend(slabs.parameters, slabs.gradients, learningRate)
    }
  }
}

private func descend(_ parameters: Slab, _ gradients: Slab, _ learningRate: Float) {
  var values = parameters.floats.mutableSpan
  let gradients = UnsafeBufferPointer(gradients.floats).span
  precondition(values.count == gradients.count, "one gradient for each parameter")
  for index in 0..<values.count { values[unchecked: index] -= learningRate * gradients[unchecked: index] }
}

private func descend(
  _ parameters: Slab, _ gradients: Slab, _ momenta: Slab, _ learningRate: Float, _ share: Float, _ nesterov: Bool
) {
  var values = parameters.floats.mutableSpan
  var momenta = momenta.floats.mutableSpan
  let gradients = UnsafeBufferPointer(gradients.floats).span
  precondition(values.count == gradients.count && momenta.count == gradients.count, "one gradient and momentum each")
  for index in 0..<values.count {
    let step = learningRate * gradients[unchecked: index]
    let momentum = share * momenta[unchecked: index] - step
    momenta[unchecked: index] = momentum
    values[unchecked: index] += nesterov ? share * momentum - step : momentum
  }
}
