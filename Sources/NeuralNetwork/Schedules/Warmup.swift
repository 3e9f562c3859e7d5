/// The learning rate rises in a straight line for some updates; then another schedule begins.
///
///     start_factor + (1 - start_factor) n / steps        for n < steps
///     then(n - steps)                                    after that, from the beginning
///
/// Multiplied by the first factor of the schedule that follows, so that the line ends where that begins. Source: Goyal and
/// others, "Accurate, large minibatch SGD: training ImageNet in 1 hour" (2017).
public struct Warmup: Schedule {
  /// Its name in files.
  public static let kind = "warmup"

  /// The updates of the warmup.
  public var steps: Int
  /// Where the line begins.
  public var startFactor: Double
  /// What follows.
  public var then: Choice<ScheduleRegistry>

  /// A warmup of `steps` updates before `then`.
  public init(steps: Int, startFactor: Double = 0, then: any Schedule = ConstantSchedule()) {
    self.steps = steps
    self.startFactor = startFactor
    self.then = Choice(then)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case steps, startFactor = "start_factor", then }

  /// Reads the settings; nothing follows but the constant rate unless it is written.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.scheduleContainer(keyedBy: CodingKeys.self)
    steps = try container.decodeCount(forKey: .steps)
    startFactor = try container.decodeNumber(forKey: .startFactor, or: 0, .zeroToOne)
    then = try container.decodeIfPresent(forKey: .then) ?? Choice(ConstantSchedule())
  }

  /// The factor on the optimizer's learning rate.
  public func factor(afterUpdates updates: Int, batchSize: Int) -> Double {
    guard updates < steps else { return then.value.factor(afterUpdates: updates - steps, batchSize: batchSize) }
    let line = startFactor + (1 - startFactor) * Double(updates) / Double(steps)
    return line * then.value.factor(afterUpdates: 0, batchSize: batchSize)
  }

  /// Keras has a warmup before a constant rate (a polynomial that rises) and before a cosine.
  public func kerasForm(of learningRate: Double, batchSize: Int) -> KerasLearningRate? {
    switch then.value.kerasForm(of: learningRate, batchSize: batchSize) {
    case .constant(let rate):
      return .schedule(
        className: "PolynomialDecay",
        config: [
          "initial_learning_rate": .double(rate * startFactor), "decay_steps": .int(steps),
          "end_learning_rate": .double(rate), "power": .double(1), "cycle": .bool(false),
        ])
    case .schedule("CosineDecay", var config) where config["warmup_target"] == .null:
      guard case .double(let rate) = config["initial_learning_rate"] else { break }
      config["initial_learning_rate"] = .double(rate * startFactor)
      config["warmup_target"] = .double(rate)
      config["warmup_steps"] = .int(steps)
      return .schedule(className: "CosineDecay", config: config)
    default: break
    }
    return nil
  }
}
