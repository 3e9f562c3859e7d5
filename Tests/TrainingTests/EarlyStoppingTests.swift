import Foundation
import NeuralNetwork
import Testing

@testable import Training

/// Early stopping against Keras' own: Golden/early_stopping.json, made by make_early_stopping.py with Keras 3.15.1.
@Suite struct EarlyStoppingTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let values: [Double?]
      let mode: String
      let patience: Int
      let min_delta: Double
      let epochs: Int
      let stopped: Bool
      let best: Double?
      let best_epoch: Int
    }
    let cases: [Case]
  }

  private func settings(_ yaml: String) throws -> EarlyStoppingConfiguration {
    try ConfigurationTree(yaml: yaml, from: "test").decode(EarlyStoppingConfiguration.self)
  }

  /// The same epoch, the same best one; no tolerance.
  @Test func kerasDecisions() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/early_stopping.json")
    let cases = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url)).cases
    #expect(cases.count == 208 && cases.contains { $0.stopped } && cases.contains { !$0.stopped })
    for golden in cases {
      let stopping = try EarlyStopping(
        settings(
          "{monitor: \(golden.mode == "min" ? "loss" : "accuracy"), patience: \(golden.patience), "
            + "min_delta: \(golden.min_delta)}"), countsHits: true, validation: nil)
      var state: EarlyStoppingState?
      var (epoch, best) = (0, 0)
      for value in golden.values {
        epoch += 1
        if stopping.observe(value ?? .nan, epoch: epoch, in: &state) { best = epoch }
        if stopping.reason(state) != nil { break }
      }
      let found = try #require(state)
      #expect(epoch == golden.epochs && (stopping.reason(state) != nil) == golden.stopped, "\(golden)")
      #expect(best == golden.best_epoch && found.bestEpoch == best, "\(golden)")
      #expect(found.best == golden.best || (found.best.isNaN && golden.best == nil), "\(golden)")
    }
  }

  /// Which epoch was the best depends on the least change that counts.
  @Test func anotherLeastChangeIsAnotherPast() throws {
    func rules(_ delta: Double) throws -> EarlyStoppingConfiguration {
      try settings("{monitor: loss, patience: 9, min_delta: \(delta)}")
    }
    var progress = TrainingProgress()
    progress.epoch = 4
    progress.earlyStopping = EarlyStoppingState(monitor: "loss", best: 1, bestEpoch: 3, wait: 1, last: 2)
    progress.best = BestEpoch(monitor: "loss", value: 0.9, epoch: 4, updates: 60)
    for (before, now, best) in [(0.5, 0.5, 3), (0.5, 0.25, nil), (0, 0.25, nil), (0.5, 0, nil), (0, 0, 3)]
      as [(Double, Double, Int?)]
    {
      let stopping = try EarlyStopping(rules(now), countsHits: false, validation: nil)
      #expect(try stopping.remembered(from: progress, under: rules(before))?.bestEpoch == best, "\(before) \(now)")
    }
    progress.earlyStopping = nil
    let first = try EarlyStopping(rules(0), countsHits: false, validation: nil)
    #expect(first.remembered(from: progress, under: nil)?.bestEpoch == 4)
  }

  @Test func thresholds() throws {
    let below = try EarlyStopping(settings("{monitor: loss, below: 0.5}"), countsHits: false, validation: nil)
    var state: EarlyStoppingState?
    for (epoch, value) in [0.75, 3, 0.5, .nan].enumerated() {
      _ = below.observe(value, epoch: epoch + 1, in: &state)
      #expect(below.reason(state) == nil)
    }
    _ = below.observe(0.25, epoch: 5, in: &state)
    #expect(below.reason(state) == "loss 0.25 is below 0.5")
    let above = try EarlyStopping(
      settings("{monitor: val_acc, above: 0.9}"), countsHits: true, validation: [Accuracy()])
    state = nil
    _ = above.observe(0.9, epoch: 1, in: &state)
    #expect(above.reason(state) == nil)
    _ = above.observe(0.95, epoch: 2, in: &state)
    #expect(above.reason(state) == "validation_accuracy 0.95 is above 0.9")
    // What was remembered of something else does not count.
    #expect(below.reason(state) == nil)
  }

  @Test func directionsAndNames() throws {
    func monitor(_ name: String, _ metrics: [any Metric]?) throws -> String {
      let found = try EarlyStopping(
        settings("{monitor: \(name), patience: 1}"), countsHits: false, validation: metrics)
      return "\(found.monitor) \(found.direction)"
    }
    #expect(try monitor("val_loss", []) == "validation_loss down")
    #expect(try monitor("validation_r2", [R2Score()]) == "validation_r2_score up")
    #expect(try monitor("val_mae", [MeanAbsoluteError()]) == "validation_mean_absolute_error down")
    for (name, metrics, known) in [
      ("accuracy", [] as [any Metric]?, "known: loss, validation_loss; more with metrics"),
      ("validation_loss", nil, "known: loss; more with metrics and a store with a validation or test split"),
      ("validation_confusion_matrix", [ConfusionMatrix()], "known: loss, validation_loss; more"),
      ("validation_mae", [R2Score()], "known: loss, validation_loss, validation_r2_score; more"),
    ] {
      let error = #expect(throws: ConfigurationError.self) { try monitor(name, metrics) }
      #expect(
        error?.description.hasPrefix("early_stopping.monitor: this run has no '\(name)'; \(known)") == true,
        "\(error?.description ?? "")")
    }
  }
}
