import NeuralNetwork

/// What early stopping remembers from one epoch to the next: part of a checkpoint, the same on every rank.
public struct EarlyStoppingState: Sendable, Equatable {
  /// The name of what is looked at.
  public var monitor: String
  /// The best value so far.
  public var best: Double
  /// The epoch that had it, counted from 1.
  public var bestEpoch: Int
  /// The epochs since then.
  public var wait = 0
  /// The value of the last epoch.
  public var last: Double
}

/// Decides after every epoch whether training ends there.
///
/// Patience, least change and best weights are those of Keras' `EarlyStopping`; the direction follows from what is looked at
/// (mode `auto`). The first epoch is the best one so far whatever it yielded.
struct EarlyStopping: Sendable {
  let settings: EarlyStoppingConfiguration
  /// The name of what is looked at, in the form of `metrics.jsonl`.
  let monitor: String
  let direction: MetricDirection

  /// Finds out what is to be looked at.
  ///
  /// - Parameters:
  ///   - countsHits: whether training has an accuracy.
  ///   - validation: the metrics of the validation split; nil if the store has none.
  /// - Throws: ``ConfigurationError`` that lists what could be.
  init(_ settings: EarlyStoppingConfiguration, countsHits: Bool, validation: [any Metric]?) throws(ConfigurationError) {
    var known: [(name: String, direction: MetricDirection)] = [("loss", .down)]
    if countsHits { known.append(("accuracy", .up)) }
    if let validation {
      known.append(("validation_loss", .down))
      for metric in validation {
        let type = type(of: metric)
        if let direction = type.direction { known.append(("validation_\(type.kind)", direction)) }
      }
    }
    let name = Self.canonical(settings.monitor)
    guard let found = known.first(where: { $0.name == name }) else {
      throw ConfigurationError(
        "this run has no '\(settings.monitor)'", at: "early_stopping.monitor",
        advice: "known: \(known.map(\.name).joined(separator: ", ")); more with metrics"
          + (validation == nil ? " and a store with a validation or test split" : ""))
    }
    self.settings = settings
    (monitor, direction) = found
  }

  /// The name in full: Keras' `val_`, and short names of metrics, are understood.
  private static func canonical(_ name: String) -> String {
    let prefixes = ["validation_", "val_"]
    guard let prefix = prefixes.first(where: { name.hasPrefix($0) }) else { return name }
    let metric = String(name.dropFirst(prefix.count))
    return "validation_" + (MetricRegistry.type(named: metric)?.kind ?? metric)
  }

  /// Takes over the value of an epoch, counted from 1, and says whether it is the best so far.
  func observe(_ value: Double, epoch: Int, in state: inout EarlyStoppingState?) -> Bool {
    guard var present = state, !isImprovement(value, over: present.best) else {
      state = EarlyStoppingState(monitor: monitor, best: value, bestEpoch: epoch, last: value)
      return true
    }
    present.wait += 1
    present.last = value
    state = present
    return false
  }

  private func isImprovement(_ value: Double, over best: Double) -> Bool {
    direction == .up ? value - settings.minDelta > best : value + settings.minDelta < best
  }

  /// What is known of the epochs before under other rules; nil if it does not tell.
  ///
  /// Every run remembers its best epoch, one that stops early or not; which one that is depends on the least change that
  /// counts.
  ///
  /// - Parameter rules: those until now.
  func remembered(from progress: TrainingProgress, under rules: EarlyStoppingConfiguration?) -> EarlyStoppingState? {
    guard rules?.minDelta ?? 0 == settings.minDelta else { return nil }
    if let state = progress.earlyStopping, state.monitor == monitor { return state }
    guard let best = progress.best, best.monitor == monitor else { return nil }
    return EarlyStoppingState(
      monitor: monitor, best: best.value, bestEpoch: best.epoch, wait: progress.epoch - best.epoch, last: best.value)
  }

  /// Why training would have ended in any epoch before, as far as is known; nil if it would have gone on.
  func reasonSoFar(_ state: EarlyStoppingState?) -> String? {
    var state = state
    // No epoch was better than the best.
    if let best = state?.best { state?.last = best }
    return reason(state)
  }

  /// Why training ends; nil while it goes on.
  func reason(_ state: EarlyStoppingState?) -> String? {
    guard let state, state.monitor == monitor else { return nil }
    if let below = settings.below, state.last < below { return "\(monitor) \(state.last) is below \(below)" }
    if let above = settings.above, state.last > above { return "\(monitor) \(state.last) is above \(above)" }
    guard let patience = settings.patience, state.wait > 0, state.wait >= patience else { return nil }
    let change = settings.minDelta == 0 ? "" : " by more than \(settings.minDelta)"
    return "\(monitor) has not improved\(change) since epoch \(state.bestEpoch), where it was \(state.best)"
  }
}
