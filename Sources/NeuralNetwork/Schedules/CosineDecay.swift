import Glibc

/// The learning rate falls along half a period of a cosine: `(1 - α) (1 + cos(π n / decay_steps)) / 2 + α` after `n` updates.
///
/// Keras' `CosineDecay`. With `warmup_target` it first rises in a straight line from 1 to that factor, for `warmup_steps`
/// updates, and decays from there; Keras' `warmup_target` is a rate, here it is divided by the optimizer's rate.
///
/// Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2016).
public struct CosineDecay: Schedule {
  /// Its name in files; Keras' class name is read too.
  public static let kind = "cosine_decay"

  /// The updates until the last value, not counting the warmup.
  public var decaySteps: Int
  /// The last value `α`, as a share of the value that the decay begins with.
  public var alpha: Double
  /// The factor that the decay begins with; nil has no warmup.
  public var warmupTarget: Double?
  /// The updates of the warmup.
  public var warmupSteps: Int

  /// A decay to `alpha` in `decaySteps`.
  public init(decaySteps: Int, alpha: Double = 0, warmupTarget: Double? = nil, warmupSteps: Int = 0) {
    self.decaySteps = decaySteps
    self.alpha = alpha
    self.warmupTarget = warmupTarget
    self.warmupSteps = warmupSteps
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case decaySteps = "decay_steps", alpha, warmupTarget = "warmup_target", warmupSteps = "warmup_steps"
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.scheduleContainer(keyedBy: CodingKeys.self)
    decaySteps = try container.decodeCount(forKey: .decaySteps)
    alpha = try container.decodeNumber(forKey: .alpha, or: 0, .zeroToOne)
    warmupTarget = try container.decodeIfPresent(Double.self, forKey: .warmupTarget)
    warmupSteps = try container.decodeIfPresent(Int.self, forKey: .warmupSteps) ?? 0
    let place = ConfigurationError.place(decoder.codingPath)
    if let warmupTarget, !NumberBounds.fromOne.contains(warmupTarget) {
      throw ConfigurationError(
        "warmup_target is a factor on the optimizer's learning rate, expected a number from 1 up, found \(warmupTarget)",
        at: place, advice: "divide the rate by learning_rate")
    }
    guard warmupSteps >= 0 else {
      throw ConfigurationError("warmup_steps must not be negative, found \(warmupSteps)", at: place)
    }
    guard warmupSteps == 0 || warmupTarget != nil else {
      throw ConfigurationError("warmup_steps need a warmup_target", at: place)
    }
  }

  /// The factor on the optimizer's learning rate.
  public func factor(afterUpdates updates: Int, batchSize: Int) -> Double {
    guard let warmupTarget else { return decay(updates) }
    guard updates >= warmupSteps else { return 1 + (warmupTarget - 1) * Double(updates) / Double(warmupSteps) }
    return warmupTarget * decay(updates - warmupSteps)
  }

  private func decay(_ updates: Int) -> Double {
    let share = min(1, Double(updates) / Double(decaySteps))
    return (1 - alpha) * 0.5 * (1 + cos(.pi * share)) + alpha
  }

  /// Keras' own.
  public func kerasForm(of learningRate: Double, batchSize: Int) -> KerasLearningRate? {
    .schedule(
      className: "CosineDecay",
      config: [
        "initial_learning_rate": .double(learningRate), "decay_steps": .int(decaySteps), "alpha": .double(alpha),
        "warmup_target": warmupTarget.map { .double(learningRate * $0) } ?? .null, "warmup_steps": .int(warmupSteps),
      ])
  }
}
