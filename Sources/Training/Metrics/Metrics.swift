/// What an epoch's steps have yielded so far.
public struct EpochTotals: Sendable, Equatable {
  /// The losses of the steps, penalties included, each times its number of samples.
  public var loss = 0.0
  /// The samples that were classified right, each before its update.
  public var correct = 0
  /// The samples.
  public var count = 0

  /// No step yet.
  public init() {}

  /// Adds a step.
  mutating func add(_ step: StepMetrics) {
    loss += step.loss * Double(step.count)
    correct += step.correct
    count += step.count
  }

  /// The mean loss, weighted by the true number of samples of each step (Keras' convention).
  public var meanLoss: Double { count == 0 ? 0 : loss / Double(count) }
  /// The share of samples that were classified right.
  public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }
}

/// What one step yielded: the same on every rank.
public struct StepMetrics: Sendable, Equatable {
  /// The epoch, counted from 1.
  public var epoch: Int
  /// The step, counted from 1 over the whole training.
  public var step: Int
  /// The mean loss over the batch with the penalties, before the update.
  public var loss: Double
  /// The samples of the batch that were classified right before the update.
  public var correct: Int
  /// The samples of the batch.
  public var count: Int
}

/// What the evaluation of a split yielded: the same on every rank, and for any number of ranks.
public struct EvaluationMetrics: Sendable, Equatable {
  /// The mean loss over the split with the penalties.
  public var loss: Double
  /// The samples that were classified right.
  public var correct: Int
  /// The samples.
  public var count: Int

  /// The share of samples that were classified right.
  public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }
}

/// What one epoch yielded.
public struct EpochMetrics: Sendable, Equatable {
  /// The epoch, counted from 1.
  public var epoch: Int
  /// The updates made since training began.
  public var step: Int
  /// The mean loss over the epoch's steps.
  public var loss: Double
  /// The share of samples that were classified right, each before its update.
  public var accuracy: Double
  /// What the validation split yielded after the epoch; nil if the store has none.
  public var validation: EvaluationMetrics?
  /// The time the epoch's steps took, without the evaluation.
  public var seconds: Double
  /// Training samples a second.
  public var imagesPerSecond: Double
}
