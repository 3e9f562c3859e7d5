import MPI
import Reports
import Training

/// The score of a trial at a rung, larger is better.
public struct RungScore: Sendable, Equatable {
  /// The number of the rung, from 0.
  public var rung: Int
  /// The index of the trial, from 0.
  public var trial: Int
  /// The score.
  public var value: Double
}

/// What the groups of a sweep tell each other, in tables that all can read and change: who takes which trial, how many are
/// done, how they have done at the rungs.
public final class SweepBoard {
  /// How far the sweep is.
  public struct Counts: Sendable, Equatable {
    /// The trials that have ended in this job, of any outcome.
    public var finished = 0
    /// Those of them that diverged.
    public var diverged = 0
    /// Those that were stopped.
    public var stopped = 0
    /// Those that failed.
    public var failed = 0
    /// The best accuracy so far; nil if there is none.
    public var best: Double?
  }

  private enum Entry: Int, CaseIterable {
    case drawn, busy, arrived, finished, diverged, stopped, failed, best, stopReason
  }

  private let counters: SharedTable
  /// By rung and trial; nil where no rule compares.
  private let scoreTable: SharedTable?
  private let trials: Int

  /// Collective: every rank of `world` must call this, with the same arguments.
  init(trials: Int, rungs: Int, isNeeded: Bool, on world: Communicator) throws(MPIError) {
    self.trials = trials
    counters = try SharedTable(integers: Entry.allCases.count, on: world)
    scoreTable = isNeeded ? try SharedTable(numbers: trials * rungs, on: world) : nil
  }

  /// The place in the order of trials that nobody has had.
  func draw() throws(MPIError) -> Int { try counters.add(1, to: Entry.drawn.rawValue) }

  /// Says that a group trains, and that it does not any more.
  func enter() throws(MPIError) { try counters.add(1, to: Entry.busy.rawValue) }
  func leave() throws(MPIError) { try counters.add(-1, to: Entry.busy.rawValue) }

  /// Whether any group trains.
  var isBusy: Bool { get throws(MPIError) { try counters.integer(Entry.busy.rawValue) > 0 } }

  /// Says that a group is done, and how many are.
  func arrive() throws(MPIError) { try counters.add(1, to: Entry.arrived.rawValue) }
  var arrivals: Int { get throws(MPIError) { try counters.integer(Entry.arrived.rawValue) } }

  /// Says that the job is to stop, and why; of several reasons one is kept.
  func stop(because reason: StopReason) throws(MPIError) {
    try counters.raise(Entry.stopReason.rawValue, to: reason.code)
  }

  /// Why the job is to stop; nil if it is not.
  var stopReason: StopReason? {
    get throws(MPIError) { StopReason(code: try counters.integer(Entry.stopReason.rawValue)) }
  }

  func note(_ score: RungScore) throws(MPIError) {
    try scoreTable?.set(score.rung * trials + score.trial, to: score.value)
  }

  /// The scores of all trials at a rung; NaN for those that have not come there.
  func scores(atRung rung: Int) throws(MPIError) -> [Double] {
    try scoreTable?.numbers(rung * trials..<(rung + 1) * trials) ?? []
  }

  func count(_ record: TrialRecord) throws(MPIError) {
    let entry: Entry? =
      switch record.outcome {
      case .completed: nil
      case .diverged: .diverged
      case .stopped: .stopped
      case .failed: .failed
      }
    if let entry { try counters.add(1, to: entry.rawValue) }
    if record.isCandidate, let accuracy = record.validation["accuracy"] ?? record.training["accuracy"] {
      try counters.raise(Entry.best.rawValue, to: Int(accuracy * Self.unit) + 1)
    }
    try counters.add(1, to: Entry.finished.rawValue)
  }

  /// Accuracies are compared as whole numbers of billionths.
  private static let unit = 1e9

  func counts() throws(MPIError) -> Counts {
    let best = try counters.integer(Entry.best.rawValue)
    return Counts(
      finished: try counters.integer(Entry.finished.rawValue), diverged: try counters.integer(Entry.diverged.rawValue),
      stopped: try counters.integer(Entry.stopped.rawValue), failed: try counters.integer(Entry.failed.rawValue),
      best: best > 0 ? Double(best - 1) / Self.unit : nil)
  }

  /// Gives the memory back.
  ///
  /// Collective: every rank must call this, once.
  func free() throws(MPIError) {
    try counters.free()
    try scoreTable?.free()
  }
}
