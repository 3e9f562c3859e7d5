/// What ends trials early.
public enum StoppingMethod: String, Codable, Sendable, CaseIterable {
  /// Nothing: every trial trains all its epochs.
  case none
  /// A trial that is worse than the median of the others at the same epoch (Golovin et al., 2017).
  case median
  /// Asynchronous successive halving (Li et al., 2020): of all trials at a rung only the best third goes on.
  case halving
}

/// The epochs at which trials are compared.
struct Rungs: Sendable, Equatable {
  /// The epochs, growing; the last epoch is none of them: what is complete is not compared any more.
  let epochs: [Int]

  /// Of the trials at a rung, one in so many goes on.
  static let reduction = 3
  /// The comparisons of the median rule in a training.
  private static let comparisons = 10

  /// The rungs of trainings of `epochs` epochs.
  init(_ method: StoppingMethod, epochs: Int) {
    switch method {
    case .none: self.epochs = []
    case .median:
      self.epochs = Set((1..<Self.comparisons).map { $0 * epochs / Self.comparisons }).filter { $0 > 0 }.sorted()
    case .halving:
      var rungs: [Int] = []
      var epoch = 1
      while epoch < epochs {
        rungs.append(epoch)
        epoch *= Self.reduction
      }
      self.epochs = rungs
    }
  }

  /// The number of the rung at an epoch; nil if there is none.
  func rung(at epoch: Int) -> Int? { epochs.firstIndex(of: epoch) }
}

/// The two rules, as functions of the scores that trials have had at a rung; a larger score is better, NaN is unknown.
enum StoppingRule {
  /// Trials that others are compared with, at least: fewer say nothing.
  static let fewestOthers = 3

  /// Why a trial is stopped at a rung by the median rule; nil if it goes on.
  ///
  /// - Parameters:
  ///   - score: the trial's.
  ///   - others: those of the other trials at the same rung.
  static func median(_ score: Double, others: [Double], epoch: Int) -> String? {
    let known = others.filter { !$0.isNaN }.sorted()
    guard known.count >= fewestOthers else { return nil }
    let middle = known.count / 2
    let median = known.count % 2 == 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2
    guard score < median else { return nil }
    return "worse than the median of \(known.count) others at epoch \(epoch)"
  }

  /// The place of a trial among all at a rung, from 1: those of equal score in the order of their numbers.
  static func place(of trial: Int, among scores: [Double]) -> Int {
    let mine = scores[trial]
    return 1
      + scores.indices.count { other in
        !scores[other].isNaN && (scores[other] > mine || scores[other] == mine && other < trial)
      }
  }

  /// Whether a trial goes on from a rung by successive halving: it is among the best third of those that are there.
  static func isPromoted(_ trial: Int, among scores: [Double]) -> Bool {
    let known = scores.count { !$0.isNaN }
    return place(of: trial, among: scores) <= known / Rungs.reduction
  }
}
