import Glibc

/// The learning rate falls by the same share in equal times: `decay_rate ^ (n / decay_steps)` after `n` updates.
///
/// Keras' `ExponentialDecay`; with `staircase` the exponent is a whole number, and the rate falls in steps.
public struct ExponentialDecay: Schedule {
  /// Its name in files; Keras' class name is read too.
  public static let kind = "exponential_decay"

  /// The updates in which the rate falls by `decayRate`.
  public var decaySteps: Int
  /// The factor for each `decaySteps`.
  public var decayRate: Double
  /// Whether the rate falls in steps.
  public var staircase: Bool

  /// A decay by `decayRate` every `decaySteps`.
  public init(decaySteps: Int, decayRate: Double, staircase: Bool = false) {
    self.decaySteps = decaySteps
    self.decayRate = decayRate
    self.staircase = staircase
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case decaySteps = "decay_steps", decayRate = "decay_rate", staircase
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.scheduleContainer(keyedBy: CodingKeys.self)
    decaySteps = try container.decodeCount(forKey: .decaySteps)
    decayRate = try container.decodeNumber(forKey: .decayRate, .positive)
    staircase = try container.decodeIfPresent(Bool.self, forKey: .staircase) ?? false
  }

  /// The factor on the optimizer's learning rate.
  public func factor(afterUpdates updates: Int, batchSize: Int) -> Double {
    let periods = Double(updates) / Double(decaySteps)
    return pow(decayRate, staircase ? periods.rounded(.down) : periods)
  }

  /// Keras' own.
  public func kerasForm(of learningRate: Double, batchSize: Int) -> KerasLearningRate? {
    .schedule(
      className: "ExponentialDecay",
      config: [
        "initial_learning_rate": .double(learningRate), "decay_steps": .int(decaySteps),
        "decay_rate": .double(decayRate), "staircase": .bool(staircase),
      ])
  }
}
