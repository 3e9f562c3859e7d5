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
  public func update(
    _ parameters: inout MutableSpan<Float>, gradients: Span<Float>, slots: [Slab], learningRate: Float, update: Int
  ) {
    guard let slot = slots.first else {
      descend(&parameters, gradients, learningRate)
      return
    }
    var momenta = slot.floats.mutableSpan
    descend(&parameters, gradients, &momenta, learningRate, Float(momentum), nesterov)
  }
}

private func descend(_ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>, _ learningRate: Float) {
  precondition(parameters.count == gradients.count, "one gradient for each parameter")
  for index in 0..<parameters.count { parameters[unchecked: index] -= learningRate * gradients[unchecked: index] }
}

private func descend(
  _ parameters: inout MutableSpan<Float>, _ gradients: Span<Float>, _ momenta: inout MutableSpan<Float>,
  _ learningRate: Float, _ share: Float, _ nesterov: Bool
) {
  precondition(
    parameters.count == gradients.count && momenta.count == gradients.count, "one gradient and momentum each")
  for index in 0..<parameters.count {
    let step = learningRate * gradients[unchecked: index]
    let momentum = share * momenta[unchecked: index] - step
    momenta[unchecked: index] = momentum
    parameters[unchecked: index] += nesterov ? share * momentum - step : momentum
  }
}
