/// A point of a sweep: the trials that differ in nothing but their seeds.
public struct SweepPoint: Sendable {
  /// Its place along each axis; empty if points were drawn at random.
  public var place: [Int]
  /// Its trials.
  public var trials: [TrialRecord]
  /// How many trials it is to have.
  public var expected: Int

  /// How a trial, or what is there in its stead, is shown.
  public enum State: String, Sendable, CaseIterable {
    /// Its loss was no number.
    case diverged
    /// The stopping rule ended it.
    case stopped
    /// It could not be trained.
    case failed
    /// It has not been trained yet.
    case missing

    /// The letter that marks it in heat maps.
    public var letter: String { rawValue.prefix(1).uppercased() }
  }

  /// How many of its trials are in a state.
  public func count(_ state: State) -> Int {
    state == .missing ? max(0, expected - trials.count) : trials.count { $0.outcome.rawValue == state.rawValue }
  }

  /// The states of its trials: `D` if all have diverged, `D1 M1` if one has and one is missing.
  public var marks: String {
    State.allCases.compactMap { state in
      let count = count(state)
      return count == 0 ? nil : state.letter + (count == max(expected, trials.count) ? "" : "\(count)")
    }.joined(separator: " ")
  }

  /// Whether a trial of it was trained to its end.
  public var isCompleted: Bool { trials.contains { $0.outcome == .completed } }

  /// A number over its seeds: over the trials that came to their own end, or else over those that were stopped.
  public func spread(_ name: String, _ split: TrialSplit) -> Spread? {
    spread(name, split, of: [.completed, .diverged]) ?? spread(name, split, of: [.stopped])
  }

  /// The same without what has diverged, whose numbers mean nothing: a network of NaN says the first class of everything.
  ///
  /// By it points are compared; nil for a point that cannot be the best.
  func comparedSpread(_ name: String, _ split: TrialSplit) -> Spread? {
    spread(name, split, of: [.completed]) ?? spread(name, split, of: [.stopped])
  }

  private func spread(_ name: String, _ split: TrialSplit, of outcomes: [TrialRecord.Outcome]) -> Spread? {
    Spread(trials.filter { outcomes.contains($0.outcome) }.compactMap { $0.numbers(split)[name] }.filter(\.isFinite))
  }
}

extension TrialRecord {
  /// Whether it may be the best: what has diverged or failed never is.
  public var isCandidate: Bool { outcome == .completed || outcome == .stopped }
}
