import Foundation
import Testing

@testable import Training

@Suite struct MetricsLogTests {
  /// After a kill, what training will come to again is gone, and so is a line that was torn.
  @Test func continuesWhereTheCheckpointIs() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString).jsonl")
      .path(percentEncoded: false)
    defer { unlink(path) }
    do {
      let log = try MetricsLog(path, continuingFrom: TrainingProgress())
      for step in 1...6 {
        try log.append(StepMetrics(epoch: (step + 2) / 3, step: step, loss: 1 / Double(step), correct: 1, count: 2))
        guard step % 3 == 0 else { continue }
        try log.append(
          EpochMetrics(
            epoch: step / 3, step: step, loss: 0.1, accuracy: 0.5,
            validation: step == 3
              ? EvaluationMetrics(
                loss: .nan, count: 4,
                results: [
                  MetricResult(name: "accuracy", label: "accuracy", value: .share(1, of: 4)),
                  MetricResult(name: "confusion_matrix", label: "confusion matrix", value: .table([[1, 0], [3, 0]])),
                ]) : nil, seconds: 2,
            imagesPerSecond: 3, secondsWaited: 0.25))
      }
    }
    let all = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(all.count == 8)
    #expect(all[2] == #"{"step":3,"loss":0.3333333333333333}"#)
    #expect(
      all[3]
        == #"{"epoch":1,"step":3,"loss":0.1,"accuracy":0.5,"validation_loss":null,"validation_accuracy":0.25,"validation_confusion_matrix":[[1,0],[3,0]],"seconds":2.0,"images_per_second":3.0,"seconds_waited":0.25}"#
    )
    for line in all { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }

    try (all.joined(separator: "\n") + "\n{\"step\":7,\"lo").write(toFile: path, atomically: true, encoding: .utf8)
    var progress = TrainingProgress()
    (progress.epoch, progress.step, progress.updates) = (1, 2, 5)
    _ = try MetricsLog(path, continuingFrom: progress)
    let kept = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(kept == Array(all[..<6]))
    // The epoch's evaluation is yet to come when all its steps are done.
    (progress.epoch, progress.step, progress.updates) = (0, 3, 3)
    _ = try MetricsLog(path, continuingFrom: progress)
    #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 3)
  }
}
