/// How long each rank computes in a step, on average over an epoch and without waiting for the others.
struct StepTimes {
  private var seconds: [Double]
  private var steps = 0

  /// No step yet, of so many ranks.
  init(ranks: Int) { seconds = Array(repeating: 0, count: ranks) }

  /// Adds what the ranks report of a step.
  mutating func add(_ reports: RankReports) {
    for rank in seconds.indices { seconds[rank] += reports[rank].secondsComputing }
    steps += 1
  }

  /// Forgets all steps, and says what they came to; nil if there were none, or only one rank.
  mutating func takeSummary() -> RankTimes? {
    defer {
      for rank in seconds.indices { seconds[rank] = 0 }
      steps = 0
    }
    guard seconds.count > 1, steps > 0 else { return nil }
    let order = seconds.indices.sorted { seconds[$0] < seconds[$1] }
    func time(_ place: Int) -> RankTimes.Time {
      RankTimes.Time(rank: order[place], seconds: seconds[order[place]] / Double(steps))
    }
    return RankTimes(fastest: time(0), median: time((order.count - 1) / 2), slowest: time(order.count - 1))
  }
}

/// The times that ranks compute in a step: who holds the others up.
public struct RankTimes: Sendable, Equatable {
  /// A rank and its seconds.
  public struct Time: Sendable, Equatable {
    /// The rank.
    public var rank: Int
    /// Its time in a step, in seconds.
    public var seconds: Double
  }

  /// The rank that waits for the others the longest.
  public var fastest: Time
  /// The rank in the middle.
  public var median: Time
  /// The rank for which all wait.
  public var slowest: Time

  /// Whether one rank needs so much longer than most that it is worth looking at its machine.
  public var hasStraggler: Bool { slowest.seconds > 1.5 * median.seconds && slowest.seconds > 2 * fastest.seconds }
}
