/// A schedule that multiplies another by a function of the batch size.
protocol BatchScaling: Schedule {
  var reference: Int { get set }
  var then: Choice<ScheduleRegistry> { get set }
  func scale(_ ratio: Double) -> Double
}

private enum BatchScalingKeys: String, CodingKey, CaseIterable { case reference, then }

extension BatchScaling {
  mutating func read(_ decoder: any Decoder) throws {
    let container = try decoder.scheduleContainer(keyedBy: BatchScalingKeys.self)
    if container.contains(.reference) { reference = try container.decodeCount(forKey: .reference) }
    then = try container.decodeIfPresent(forKey: .then) ?? then
  }

  /// Writes the settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: BatchScalingKeys.self)
    try container.encode(reference, forKey: .reference)
    try container.encode(then, forKey: .then)
  }

  /// The factor on the optimizer's learning rate.
  public func factor(afterUpdates updates: Int, batchSize: Int) -> Double {
    scale(Double(batchSize) / Double(reference)) * then.value.factor(afterUpdates: updates, batchSize: batchSize)
  }

  /// The other schedule, at the rate for this batch.
  public func kerasForm(of learningRate: Double, batchSize: Int) -> KerasLearningRate? {
    then.value.kerasForm(of: learningRate * scale(Double(batchSize) / Double(reference)), batchSize: batchSize)
  }
}
