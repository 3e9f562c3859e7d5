/// The learning rate falls as one over the time: `1 / (1 + decay_rate · n / decay_steps)` after `n` updates.
///
/// Keras' `InverseTimeDecay`; with `staircase` `n / decay_steps` is a whole number, and the rate falls in steps.
public struct InverseTimeDecay: Schedule {
  /// Its name in files; Keras' class name is read too.
  public static let kind = "inverse_time_decay"

  /// The updates that are one unit of time.
  public var decaySteps: Int
  /// The speed of the decay.
  public var decayRate: Double
  /// Whether the rate falls in steps.
  public var staircase: Bool

  /// A decay with `decayRate` for each `decaySteps`.
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
    decayRate = try container.decodeNumber(forKey: .decayRate, .notNegative)
    staircase = try container.decodeIfPresent(Bool.self, forKey: .staircase) ?? false
  }

  /// The factor on the optimizer's learning rate.
  public func factor(afterUpdates updates: Int, batchSize: Int) -> Double {
    let periods = Double(updates) / Double(decaySteps)
    return 1 / (1 + decayRate * (staircase ? periods.rounded(.down) : periods))
  }

  /// Keras' own.
  public func kerasForm(of learningRate: Double, batchSize: Int) -> KerasLearningRate? {
    .schedule(
      className: "InverseTimeDecay",
      config: [
        "initial_learning_rate": .double(learningRate), "decay_steps": .int(decaySteps),
        "decay_rate": .double(decayRate), "staircase": .bool(staircase),
      ])
  }
}
