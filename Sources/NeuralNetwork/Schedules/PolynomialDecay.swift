import Glibc

/// The learning rate falls to a last value along a power: `(1 - e) (1 - n / decay_steps) ^ power + e` after `n` updates.
///
/// Keras' `PolynomialDecay`, whose `end_learning_rate` is a rate; `end_factor` is that divided by the optimizer's rate. With
/// `cycle` the time is stretched to the next whole multiple of `decay_steps` whenever it has run out.
public struct PolynomialDecay: Schedule {
  /// Its name in files; Keras' class name is read too.
  public static let kind = "polynomial_decay"

  /// The updates until the last value.
  public var decaySteps: Int
  /// The last value `e`.
  public var endFactor: Double
  /// The power; 1 is a straight line.
  public var power: Double
  /// Whether the rate rises and falls again.
  public var cycle: Bool

  /// A decay to `endFactor` in `decaySteps`.
  public init(decaySteps: Int, endFactor: Double = 0, power: Double = 1, cycle: Bool = false) {
    self.decaySteps = decaySteps
    self.endFactor = endFactor
    self.power = power
    self.cycle = cycle
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case decaySteps = "decay_steps", endFactor = "end_factor", power, cycle
  }

  /// Reads Keras' settings, and `end_factor`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.scheduleContainer(keyedBy: CodingKeys.self)
    decaySteps = try container.decodeCount(forKey: .decaySteps)
    endFactor = try container.decodeNumber(forKey: .endFactor, or: 0, .notNegative)
    power = try container.decodeNumber(forKey: .power, or: 1, .positive)
    cycle = try container.decodeIfPresent(Bool.self, forKey: .cycle) ?? false
  }

  /// The factor on the optimizer's learning rate.
  public func factor(afterUpdates updates: Int, batchSize: Int) -> Double {
    let cycles = cycle ? max(1, (Double(updates) / Double(decaySteps)).rounded(.up)) : 1
    let share = min(1, Double(updates) / (Double(decaySteps) * cycles))
    return (1 - endFactor) * pow(1 - share, power) + endFactor
  }

  /// Keras' own.
  public func kerasForm(of learningRate: Double, batchSize: Int) -> KerasLearningRate? {
    .schedule(
      className: "PolynomialDecay",
      config: [
        "initial_learning_rate": .double(learningRate), "decay_steps": .int(decaySteps),
        "end_learning_rate": .double(learningRate * endFactor), "power": .double(power), "cycle": .bool(cycle),
      ])
  }
}
