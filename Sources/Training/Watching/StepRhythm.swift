/// The times between the reductions of a rank.
struct StepRhythm {
  /// What this rank has computed before the last reduction, without waiting for the others, in seconds.
  private(set) var secondsComputing = 0.0
  /// The longest time from one reduction to the next, with evaluation and checkpoints in between.
  private(set) var longest = Duration.zero
  private var begin = ContinuousClock.now
  private var lastReduction: ContinuousClock.Instant?

  /// What was between the last step and this does not belong to a step.
  mutating func beginEpoch() { begin = .now }

  /// The rank begins to wait for the others.
  mutating func beginReduction() { secondsComputing = (ContinuousClock.now - begin) / .seconds(1) }

  /// All have met.
  mutating func endReduction() {
    begin = .now
    if let lastReduction { longest = max(longest, begin - lastReduction) }
    lastReduction = begin
  }
}
