/// Gradient descent with steps in the units of the parameters: a running root mean square of the steps over that of the
/// gradients.
///
///     v = ρ v + (1 - ρ) g²;   d = g √(u + ε) / √(v + ε);   u = ρ u + (1 - ρ) d²;   w -= η d
///
/// The formula and defaults are Keras'; the paper has `η = 1`. Source: Zeiler, "ADADELTA: an adaptive learning rate method"
/// (2012).
public struct Adadelta: Optimizer {
  /// Its name in files: Keras' class name.
  public static let kind = "Adadelta"

  /// The step size `η`, before any schedule.
  public var learningRate = 0.001
  /// The share `ρ` of the running averages that is kept.
  public var rho = 0.95
  /// What keeps the roots away from zero, `ε`; also decides the first steps.
  public var epsilon = 1e-7
  /// How gradients are bounded.
  public var clipping: GradientClipping?

  /// The rule with Keras' defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable { case learningRate = "learning_rate", rho, epsilon }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.optimizerContainer(keyedBy: CodingKeys.self)
    learningRate = try container.decodeNumber(forKey: .learningRate, or: learningRate, .positive)
    rho = try container.decodeNumber(forKey: .rho, or: rho, .zeroToBelowOne)
    epsilon = try container.decodeNumber(forKey: .epsilon, or: epsilon, .positive)
    clipping = try GradientClipping.decode(from: decoder)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(rho, forKey: .rho)
    try container.encode(epsilon, forKey: .epsilon)
    try clipping?.encode(to: encoder)
  }

  /// The state that the rule keeps.
  public var slots: [OptimizerSlot] { [OptimizerSlot("accumulated_grad"), OptimizerSlot("accumulated_delta_var")] }

  /// Updates all parameters at once, by the formula above.
  public func update(_ slabs: OptimizerSlabs, learningRate: Float, update: Int) {
    descend(
      slabs.parameters, slabs.gradients, slabs.slots[0], slabs.slots[1], learningRate, (Float(rho), Float(1 - rho)),
      Float(epsilon))
  }
}

private func descend(
  _ parameters: Slab, _ gradients: Slab, _ squares: Slab, _ steps: Slab, _ learningRate: Float,
  _ share: (keep: Float, add: Float), _ epsilon: Float
) {
  var values = parameters.vectors.mutableSpan
  let gradients = UnsafeBufferPointer(gradients.vectors).span
  var squares = squares.vectors.mutableSpan
  var steps = steps.vectors.mutableSpan
  let count = values.count
  precondition(gradients.count == count && squares.count == count && steps.count == count, "slabs laid out alike")
  for index in 0..<count {
    let gradient = gradients[unchecked: index]
    let square = share.keep * squares[unchecked: index] + share.add * (gradient * gradient)
    squares[unchecked: index] = square
    let before = steps[unchecked: index]
    let step = (before + epsilon).squareRoot() * gradient / (square + epsilon).squareRoot()
    steps[unchecked: index] = share.keep * before + share.add * (step * step)
    values[unchecked: index] -= learningRate * step
  }
}
