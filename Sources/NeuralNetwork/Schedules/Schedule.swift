/// How the learning rate changes during training: a factor on the optimizer's rate.
///
/// Keras' schedules yield the rate itself and repeat it as `initial_learning_rate`. Here the rate stands in one place, with
/// the optimizer, where a sweep can vary it; whatever Keras gives as a rate is given as a factor on it.
public protocol Schedule: Registered {
  /// The factor on the optimizer's learning rate for the update that follows `updates` others.
  ///
  /// - Parameter batchSize: the samples of a step, over all ranks.
  func factor(afterUpdates updates: Int, batchSize: Int) -> Double

  /// The rate as a file for Keras says it; nil if Keras has no such schedule.
  func kerasForm(of learningRate: Double, batchSize: Int) -> KerasLearningRate?
}

/// A learning rate as Keras writes it into an optimizer's settings.
public enum KerasLearningRate: Sendable, Equatable {
  /// A number.
  case constant(Double)
  /// One of `keras.optimizers.schedules`, with its settings.
  case schedule(className: String, config: [String: ConfigurationValue])
}

/// Every schedule; a new one is one line here.
public enum ScheduleRegistry: Registry {
  /// What decoding yields.
  public typealias Element = any Schedule
  /// The sort, for messages.
  public static let noun = "schedule"
  /// How a choice is written.
  public static let style = RegistryStyle.flat
  /// Every type there is.
  public static let types: [any Registered.Type] = [
    ConstantSchedule.self, ExponentialDecay.self, InverseTimeDecay.self, PiecewiseConstantDecay.self,
    PolynomialDecay.self, CosineDecay.self, Warmup.self, LinearScaling.self, SquareRootScaling.self,
  ]
}

extension Decoder {
  /// The mapping of a schedule's settings, after checking its keys.
  ///
  /// - Throws: ``ConfigurationError``; for a key of Keras' that holds a rate, it says what to write instead.
  func scheduleContainer<Key: CodingKey & CaseIterable>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    let advice = [
      "initial_learning_rate": "leave it out: it is the optimizer's learning_rate",
      "end_learning_rate": "write end_factor: end_learning_rate divided by the optimizer's learning_rate",
      "values": "write factors: the values divided by the optimizer's learning_rate",
    ]
    for key in try container(keyedBy: AnyKey.self).allKeys {
      guard let advice = advice[key.stringValue] else { continue }
      throw ConfigurationError(
        "a schedule is a factor on the optimizer's learning rate, '\(key.stringValue)' is a rate",
        at: ConfigurationError.place(codingPath), advice: advice)
    }
    return try strictContainer(keyedBy: type)
  }
}
