import NeuralNetwork

/// The best epoch so far: part of a checkpoint, the same on every rank.
public struct BestEpoch: Sendable, Equatable {
  /// The name of what is looked at, in the form of `metrics.jsonl`.
  public var monitor: String
  /// Its value.
  public var value: Double
  /// The epoch that had it, counted from 1.
  public var epoch: Int
  /// The updates made until then: the name of its checkpoint.
  public var updates: Int
}

/// Decides after every epoch whether it is the best so far.
///
/// What early stopping looks at is looked at here; without it the loss, that of the validation split if there is one. Equal
/// values and numbers that are not finite are not better.
struct BestEpochRule: Sendable {
  /// The name of what is looked at.
  let monitor: String
  private let direction: MetricDirection
  private let minDelta: Double

  init(_ stopping: EarlyStopping?, hasValidation: Bool) {
    monitor = stopping?.monitor ?? (hasValidation ? "validation_loss" : "loss")
    direction = stopping?.direction ?? .down
    minDelta = stopping?.settings.minDelta ?? 0
  }

  /// Takes over the epoch that has ended if it is the best.
  func observe(_ metrics: EpochMetrics, in best: inout BestEpoch?) {
    guard let value = metrics.number(named: monitor), value.isFinite else { return }
    if let best {
      guard direction == .up ? value - minDelta > best.value : value + minDelta < best.value else { return }
    }
    best = BestEpoch(monitor: monitor, value: value, epoch: metrics.epoch, updates: metrics.step)
  }
}
