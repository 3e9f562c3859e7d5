/// Layer-wise adaptive rate scaling: gradient descent with momentum whose step size follows, layer by layer, the ratio of
/// the parameters' norm to their gradients'; for very large batches.
///
///     λ = c ‖w‖ / (‖g‖ + β ‖w‖)
///     m = μ m + η λ (g + β w);   w -= m
///
/// `w` and `g` are all parameters of a layer together: a bias, which starts at zero, shares its kernel's `λ`. Some programs
/// give biases `λ = 1` instead, which a rate fit for the kernels, often above 10, makes diverge. `λ` is 1 where a norm is
/// zero. Norms are summed in double precision in a fixed order: every rank finds the same bits. Keras has no LARS; a
/// checkpoint tells it of SGD with the same momentum.
///
/// Source: You, Gitman and Ginsburg, "Large batch training of convolutional networks" (2017), algorithm 1.
public struct LARS: Optimizer {
  /// Its name in files.
  public static let kind = "LARS"

  /// The step size `η` of all layers, before any schedule.
  public var learningRate = 1.0
  /// The share `μ` of the last step that is kept.
  public var momentum = 0.9
  /// The weight decay `β`, which the ratio takes into account.
  public var weightDecay = 0.0005
  /// How much of a layer's norm a step of size 1 may change, `c` (`η` in the paper).
  public var trustCoefficient = 0.001
  /// How gradients are bounded.
  public var clipping: GradientClipping?

  /// The rule with the paper's momentum, weight decay and trust coefficient.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate = "learning_rate", momentum, weightDecay = "weight_decay"
    case trustCoefficient = "trust_coefficient"
  }

  /// Reads the settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.optimizerContainer(keyedBy: CodingKeys.self)
    learningRate = try container.decodeNumber(forKey: .learningRate, or: learningRate, .positive)
    momentum = try container.decodeNumber(forKey: .momentum, or: momentum, .zeroToBelowOne)
    weightDecay = try container.decodeNumber(forKey: .weightDecay, or: weightDecay, .notNegative)
    trustCoefficient = try container.decodeNumber(forKey: .trustCoefficient, or: trustCoefficient, .positive)
    clipping = try GradientClipping.decode(from: decoder)
  }

  /// Writes the settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(momentum, forKey: .momentum)
    try container.encode(weightDecay, forKey: .weightDecay)
    try container.encode(trustCoefficient, forKey: .trustCoefficient)
    try clipping?.encode(to: encoder)
  }

  /// The nearest that Keras has.
  public var kerasForm: any Registered {
    SGD(learningRate: learningRate, momentum: momentum, clipping: clipping)
  }

  /// The state that the rule keeps.
  public var slots: [OptimizerSlot] { [OptimizerSlot("momentum")] }

  /// Updates all parameters, layer by layer, by the formulas above.
  public func update(_ slabs: OptimizerSlabs, learningRate: Float, update: Int) {
    let entries = slabs.table.trainable
    var first = 0
    while first < entries.count {
      var end = first
      var (parameters, gradients) = (0.0, 0.0)
      while end < entries.count, entries[end].layer == entries[first].layer {
        parameters += slabs.parameters.sumOfSquares(in: entries[end].range)
        gradients += slabs.gradients.sumOfSquares(in: entries[end].range)
        end += 1
      }
      let rate = learningRate * Float(trustRatio(parameters.squareRoot(), gradients.squareRoot()))
      for entry in entries[first..<end] {
        descend(
          slabs.parameters, slabs.gradients, slabs.slots[0], in: entry.range, rate, Float(weightDecay), Float(momentum))
      }
      first = end
    }
  }

  private func trustRatio(_ parameter: Double, _ gradient: Double) -> Double {
    guard parameter != 0, gradient != 0 else { return 1 }
    return trustCoefficient * parameter / (gradient + weightDecay * parameter)
  }
}

private func descend(
  _ parameters: Slab, _ gradients: Slab, _ momenta: Slab, in range: Range<Int>, _ rate: Float, _ weightDecay: Float,
  _ share: Float
) {
  var values = parameters.floats.extracting(range).mutableSpan
  var momenta = momenta.floats.extracting(range).mutableSpan
  let gradients = UnsafeBufferPointer(gradients.floats.extracting(range)).span
  for index in 0..<values.count {
    let value = values[unchecked: index]
    let momentum = share * momenta[unchecked: index] + rate * (gradients[unchecked: index] + weightDecay * value)
    momenta[unchecked: index] = momentum
    values[unchecked: index] = value - momentum
  }
}
