import NeuralNetwork

/// A sweep as far as it has come.
public struct SweepResults: Sendable {
  /// What the sweep is.
  public let description: SweepDescription
  /// The settings that are varied.
  public let axes: [SweepAxis]
  /// The trials, in their order.
  public let trials: [TrialRecord]
  /// How many records are of points that the sweep no longer has.
  public let strayCount: Int
  /// What trials are compared by.
  public let measure: Measure
  /// The split on which they are compared.
  public let judged: TrialSplit
  /// The points that have trials, in the order of their first.
  public let points: [SweepPoint]
  /// The best point, as a place in ``points``; nil if no trial that came through has a number.
  public let bestPoint: Int?
  /// The best trial of the best point.
  public let bestTrial: TrialRecord?

  /// Puts records in order.
  public init(_ description: SweepDescription, _ records: [TrialRecord]) {
    self.description = description
    let axes = SweepAxis.axes(of: description.axes)
    self.axes = axes
    let isSampled = description.sampled != nil
    let total = records.count
    let records = description.plan.map { Self.records(of: $0, among: records) } ?? records
    trials = records.filter { record in
      axes.allSatisfy { isSampled ? record.point[$0.setting] != nil : $0.index(of: record.point[$0.setting]) != nil }
    }
    strayCount = total - trials.count
    measure = Measure(for: trials)
    let hasNumbers = trials.contains { !$0.training.isEmpty }
    let isValidated = description.validation != nil && (!hasNumbers || trials.contains { !$0.validation.isEmpty })
    judged = isValidated ? .validation : .training

    var places: [[String]: Int] = [:]
    var points: [SweepPoint] = []
    for trial in trials {
      let key = axes.map { trial.point[$0.setting]?.text ?? "" }
      if let place = places[key] {
        points[place].trials.append(trial)
      } else {
        places[key] = points.count
        let place = isSampled ? [] : axes.compactMap { $0.index(of: trial.point[$0.setting]) }
        points.append(SweepPoint(place: place, trials: [trial], expected: description.repeats))
      }
    }
    self.points = points
    let comparison = SweepComparison(measure: measure, split: judged)
    bestPoint = comparison.best(of: points)
    bestTrial = bestPoint.flatMap { comparison.best(of: points[$0].trials) }
  }

  /// The records of the planned trials, with the numbers and points that they have there: a trial may have been trained as
  /// part of another grid.
  private static func records(
    of plan: [SweepDescription.PlannedTrial], among records: [TrialRecord]
  ) -> [TrialRecord] {
    let known = Dictionary(records.map { ($0.key, $0) }) { first, _ in first }
    return plan.compactMap { planned in
      guard var record = known[planned.key] else { return nil }
      record.trial = planned.trial
      record.point = planned.point
      return record
    }
  }

  /// Whether every combination of values is a point.
  public var isGrid: Bool { description.sampled == nil }

  /// The splits that trials have numbers on.
  public var splits: [TrialSplit] { judged == .validation ? [.training, .validation] : [.training] }

  /// What is shown of a trial: what it is compared by, and its loss if there are any.
  var measures: [Measure] {
    let hasLosses = trials.contains { $0.training["loss"] != nil || $0.validation["loss"] != nil }
    return measure == .loss || !hasLosses ? [measure] : [measure, .loss]
  }

  /// What a split is called: `training`, and `test` if that is what the trials were validated on.
  public func title(of split: TrialSplit) -> String {
    split == .training ? "training" : description.validation ?? "validation"
  }

  /// What a split's number is called: `test accuracy`.
  public func measureTitle(on split: TrialSplit) -> String { "\(title(of: split)) \(measure.title)" }

  /// How many trials ended so.
  public func count(_ outcome: TrialRecord.Outcome) -> Int { trials.count { $0.outcome == outcome } }

  /// How many trials are still to be trained.
  public var missingCount: Int { max(0, description.trials - trials.count) }
}

/// Which of two points, or two trials, is better.
struct SweepComparison {
  let measure: Measure
  let split: TrialSplit

  /// The place of the best point; nil if none has a number, or all have diverged.
  ///
  /// Points with a trial that was trained to its end go before those with none, and then those of which no trial has
  /// diverged; then the mean decides, then, of equals, the lower loss, then the order.
  func best(of points: [SweepPoint]) -> Int? {
    points.indices.filter { points[$0].comparedSpread(measure.name, split) != nil }.min { one, other in
      let (one, other) = (points[one], points[other])
      if one.isCompleted != other.isCompleted { return one.isCompleted }
      let (isSafe, isOtherSafe) = (one.count(.diverged) == 0, other.count(.diverged) == 0)
      if isSafe != isOtherSafe { return isSafe }
      return isBetter(one.comparedSpread(measure.name, split)?.mean, other.comparedSpread(measure.name, split)?.mean)
        ?? isLower(one.comparedSpread("loss", split)?.mean, other.comparedSpread("loss", split)?.mean)
    }
  }

  /// The best of trials, by the same rules.
  func best(of trials: [TrialRecord]) -> TrialRecord? {
    trials.filter { $0.isCandidate && $0.numbers(split)[measure.name]?.isFinite == true }.min { one, other in
      if one.outcome != other.outcome { return one.outcome == .completed }
      return isBetter(one.numbers(split)[measure.name], other.numbers(split)[measure.name])
        ?? isLower(one.numbers(split)["loss"], other.numbers(split)["loss"])
    }
  }

  private func isBetter(_ one: Double?, _ other: Double?) -> Bool? {
    guard let one, let other, one != other else { return nil }
    return measure.isBetter(one, than: other)
  }

  private func isLower(_ one: Double?, _ other: Double?) -> Bool { (one ?? .infinity) < (other ?? .infinity) }
}
