import NeuralNetwork
import Numerics

/// What an epoch's steps have yielded so far.
public struct EpochTotals: Sendable, Equatable {
  /// The losses of the steps, penalties included, each times its number of samples.
  public var loss = 0.0
  /// The samples that were classified right, each before its update; 0 where samples are not classified.
  public var correct = 0
  /// The samples.
  public var count = 0
  /// The samples of steps that were skipped; they are in none of the sums.
  public var skipped = 0

  /// No step yet.
  public init() {}

  /// Adds a step.
  mutating func add(_ step: StepMetrics) {
    if step.isSkipped {
      skipped += step.count
      return
    }
    loss += step.loss * Double(step.count)
    correct += step.correct ?? 0
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
  /// The samples of the batch that were classified right before the update; nil if samples are not classified.
  public var correct: Int?
  /// The samples of the batch.
  public var count: Int
  /// Whether the step changed nothing, because its loss or a gradient was no finite number.
  public var isSkipped = false
  /// Hashes of what the step computed with, in steps in which ranks compare them; nil in others.
  public var hashes: StepHashes?
}

/// Hashes that tell whether a step, computed again, is the same to the bit.
public struct StepHashes: Sendable, Equatable {
  /// That of the parameters before the step.
  public var parameters: UInt64
  /// That of the sum of all samples' gradients.
  public var gradients: UInt64
}

/// The value of one metric.
public struct MetricResult: Sendable, Equatable {
  /// The metric's name in files, `r2_score`.
  public var name: String
  /// Its name in lines of text, `r2`.
  public var label: String
  /// The value.
  public var value: MetricValue
}

/// What the evaluation of a split yielded: the same on every rank, and for any number of ranks.
public struct EvaluationMetrics: Sendable, Equatable {
  /// The mean loss over the split with the penalties.
  public var loss: Double
  /// The samples.
  public var count: Int
  /// The metrics, in the order of the settings.
  public var results: [MetricResult]

  /// The metric of that name as a number; nil if there is none, or it is a table.
  public subscript(name: String) -> Double? { results.first { $0.name == name }?.value.number }

  /// The metrics that are numbers, as people read them: `accuracy 0.9833`.
  func text(decimals: Int) -> [String] {
    results.compactMap { result in result.value.number.map { "\(result.label) \(Text.fixed($0, decimals))" } }
  }

  /// The metrics that are numbers, shares with what they count: `accuracy 98.3 % (354 of 360)`.
  public func detailedText(decimals: Int) -> [String] {
    results.compactMap { result in
      switch result.value {
      case .number(let number): "\(result.label) \(Text.fixed(number, decimals))"
      case .share(let hits, let count):
        "\(result.label) \(Text.percent(result.value.number ?? 0)) (\(hits) of \(count))"
      case .table: nil
      }
    }
  }
}

/// What one epoch yielded.
public struct EpochMetrics: Sendable, Equatable {
  /// The epoch, counted from 1.
  public var epoch: Int
  /// The updates made since training began.
  public var step: Int
  /// The mean loss over the epoch's steps.
  public var loss: Double
  /// The share of samples that were classified right, each before its update; nil if samples are not classified.
  public var accuracy: Double?
  /// What the validation split yielded after the epoch; nil if the store has none.
  public var validation: EvaluationMetrics?
  /// The time the epoch's steps took, without the evaluation.
  public var seconds: Double
  /// Training samples a second.
  public var imagesPerSecond: Double
  /// The samples of steps that were skipped, because of a number that is not finite.
  public var skipped = 0
  /// How much of the time the rank that waited longest has waited for samples.
  public var secondsWaited: Double
  /// How long ranks compute in a step; nil if there is one rank, or no step was made.
  public var rankTimes: RankTimes?

  /// The number that `metrics.jsonl` has under a name such as `validation_loss`.
  func number(named name: String) -> Double? {
    switch name {
    case "loss": loss
    case "accuracy": accuracy
    case "validation_loss": validation?.loss
    default: name.hasPrefix("validation_") ? validation?[String(name.dropFirst("validation_".count))] : nil
    }
  }
}
