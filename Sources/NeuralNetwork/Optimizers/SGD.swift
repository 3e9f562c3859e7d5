/// Gradient descent, with momentum if wanted.
///
///     momentum = 0:   w -= η g
///     else:           m = μ m - η g;   w += m            (Nesterov: w += μ m - η g)
///
/// The formulas and defaults are Keras'.
public struct SGD: Optimizer {
  /// Its name in files: Keras' class name.
  public static let kind = "SGD"

  /// The step size, before any schedule.
  public var learningRate: Double
  /// The share `μ` of the last step that is kept.
  public var momentum: Double
  /// Whether the gradient's step is looked ahead along the momentum.
  public var nesterov: Bool

  /// Gradient descent with Keras' defaults.
  public init(learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate = "learning_rate", momentum, nesterov
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    learningRate = try container.decodeIfPresent(Double.self, forKey: .learningRate) ?? 0.01
    momentum = try container.decodeIfPresent(Double.self, forKey: .momentum) ?? 0
    nesterov = try container.decodeIfPresent(Bool.self, forKey: .nesterov) ?? false
    let place = ConfigurationError.place(decoder.codingPath)
    guard learningRate > 0, learningRate.isFinite else {
      throw ConfigurationError("learning_rate must be above 0, found \(learningRate)", at: place)
    }
    guard (0...1).contains(momentum) else {
      throw ConfigurationError("momentum must be from 0 to 1, found \(momentum)", at: place)
    }
  }

  /// The slabs of state that the rule keeps.
  public var slots: [String] { momentum == 0 ? [] : ["momentum"] }

  /// Updates all parameters at once, by the formulas above.
  public func update(_ parameters: Slab, gradients: Slab, slots: [Slab], learningRate: Float, update: Int) {
    if let momenta = slots.first {
      descend(parameters, gradients, momenta, learningRate, Float(momentum), nesterov)
    } else {
      descend(parameters, gradients, learningRate)
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
