import NeuralNetwork

@testable import Reports

/// Sweeps of made-up trials.
enum SweepFixture {
  static let rates: [Double] = [1e-05, 0.001, 0.1]
  static let penalties: [Double] = [0.0001, 1]

  /// A grid over learning rate and L2.
  static func grid(
    repeats: Int = 1, axes: [SweepDescription.Axis]? = nil, sampled: Int? = nil, validation: String? = "test",
    model: String = "digits"
  ) -> SweepDescription {
    let axes =
      axes ?? [
        .init(setting: "optimizer.learning_rate", values: rates.map { .double($0) }, scale: .logarithmic),
        .init(setting: "l2", values: penalties.map { .double($0) }, scale: .logarithmic),
      ]
    return SweepDescription(
      axes: axes, sampled: sampled, repeats: repeats, trials: 6 * repeats, stopping: "median",
      store: "datasets/digits.h5", storeFingerprint: "ab", validation: validation, model: model, epochs: 2,
      program: "0.1.0", configuration: "model: digits\n")
  }

  /// A trial with these accuracies.
  static func trial(
    _ number: Int, at point: [String: ConfigurationValue], seed: Int = 0, _ outcome: TrialRecord.Outcome = .completed,
    training: Double? = nil, test: Double? = nil, loss: Double? = nil, reason: String? = nil
  ) -> TrialRecord {
    let numbers = { (accuracy: Double?) in ["accuracy": accuracy, "loss": loss].compactMapValues { $0 } }
    return TrialRecord(
      key: "key \(number)", trial: number, point: point, seed: seed, outcome: outcome, reason: reason, epochs: 2,
      training: numbers(training), validation: numbers(test),
      curve: [
        .init(epoch: 1, loss: 2, accuracy: 0.1, validationLoss: 2.1, validationAccuracy: 0.1),
        .init(epoch: 2, loss: loss, accuracy: training, validationLoss: loss, validationAccuracy: test),
      ], seconds: 2.5, trainingSeconds: 2, imagesPerSecond: 12_345.6, group: 0, finished: "2026-11-26T07:30:00Z",
      configuration: "seed: \(seed)  # \(number)\n")
  }

  /// A trial at a row and a column of the grid.
  static func trial(
    _ number: Int, row: Int, column: Int, seed: Int = 0, _ outcome: TrialRecord.Outcome = .completed,
    training: Double? = nil, test: Double? = nil, loss: Double? = nil, reason: String? = nil
  ) -> TrialRecord {
    let point: [String: ConfigurationValue] = [
      "optimizer.learning_rate": .double(rates[row]), "l2": .double(penalties[column]),
    ]
    return trial(number, at: point, seed: seed, outcome, training: training, test: test, loss: loss, reason: reason)
  }

  /// A trial in each state, one seed a point; the last point is missing.
  static let states = SweepResults(
    grid(),
    [
      trial(1, row: 0, column: 0, .stopped, training: 0.12, test: 0.11, reason: "below the median"),
      trial(2, row: 0, column: 1, .failed, reason: "the disk is full"),
      trial(3, row: 1, column: 0, training: 0.99, test: 0.9755, loss: 0.1),
      trial(4, row: 1, column: 1, training: 0.9, test: 0.9, loss: 0.2),
      trial(5, row: 2, column: 0, .diverged, training: 0.1, test: 0.089, reason: "no number in epoch 2"),
    ])
}
