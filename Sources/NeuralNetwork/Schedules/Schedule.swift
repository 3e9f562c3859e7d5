/// How the learning rate changes during training.
public protocol Schedule: Registered {
  /// The factor on the optimizer's learning rate for the update that follows `updates` others.
  func factor(afterUpdates updates: Int) -> Double
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
  public static let types: [any Registered.Type] = [ConstantSchedule.self]
}
