/// The learning rate stays as it is.
public struct ConstantSchedule: Schedule {
  /// Its name in files.
  public static let kind = "constant"

  /// The schedule has no settings.
  public init() {}

  private enum CodingKeys: CodingKey, CaseIterable {}

  /// Reads nothing.
  public init(from decoder: any Decoder) throws { _ = try decoder.scheduleContainer(keyedBy: CodingKeys.self) }

  /// Writes nothing.
  public func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: CodingKeys.self) }

  /// The factor on the optimizer's learning rate.
  public func factor(afterUpdates updates: Int, batchSize: Int) -> Double { 1 }

  /// The rate itself.
  public func kerasForm(of learningRate: Double, batchSize: Int) -> KerasLearningRate? { .constant(learningRate) }
}
