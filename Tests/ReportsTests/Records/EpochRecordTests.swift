import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite struct EpochRecordTests {
  @Test func readsEpochsAndPassesOverSteps() throws {
    let folder = try TemporaryFolder()
    try """
    {"step":1,"loss":3.5}
    {"epoch":1,"step":3,"loss":0.5,"accuracy":0.25,"validation_loss":null,"validation_accuracy":0.75,\
    "validation_confusion_matrix":[[1,0],[3,0]],"seconds":2.0,"images_per_second":30.0,"seconds_waited":0.25}
    {"epoch":2,"step":6,"lo
    """.write(toFile: folder("metrics.jsonl"), atomically: true, encoding: .utf8)
    let epochs = try EpochRecord.records(in: folder("metrics.jsonl"))
    #expect(
      epochs == [
        EpochRecord(
          epoch: 1, loss: 0.5, accuracy: 0.25, validation: ["accuracy": 0.75], seconds: 2, imagesPerSecond: 30,
          secondsWaited: 0.25)
      ])
  }

  @Test func namesALineThatIsNone() throws {
    let folder = try TemporaryFolder()
    try "{\"epoch\":1}\n{\"epoch\":\"<b>\"}\n".write(toFile: folder("m.jsonl"), atomically: true, encoding: .utf8)
    #expect {
      _ = try EpochRecord.records(in: folder("m.jsonl"))
    } throws: {
      "\($0)".contains("m.jsonl, line 2: expected the metrics of an epoch or a step, found 'epoch' of another type")
    }
  }
}
