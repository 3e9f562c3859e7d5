import Foundation
import HDF5
import NeuralNetwork
import Testing

@testable import Reports

/// A record of a trial with this key.
func record(_ key: String, trial: Int = 1, _ outcome: TrialRecord.Outcome = .completed) -> TrialRecord {
  TrialRecord(
    key: key, trial: trial, point: ["l2": .double(0.01)], seed: 0, outcome: outcome, epochs: 1, seconds: 1,
    trainingSeconds: 0.9, imagesPerSecond: 100, group: 0, finished: "2026-11-26T07:30:00Z", configuration: "")
}

@Suite struct SweepFolderTests {
  private let folder: SweepFolder

  init() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "sweep-\(UUID().uuidString)")
    folder = SweepFolder(path.path(percentEncoded: false))
    try FileManager.default.createDirectory(atPath: folder.journalsFolder, withIntermediateDirectories: true)
  }

  private func write(_ text: String, _ name: String) throws {
    try AtomicFile.write(Array(text.utf8), to: "\(folder.journalsFolder)/\(name).jsonl")
  }

  private func line(_ record: TrialRecord) throws -> String {
    String(decoding: try JSONEncoder().encode(record), as: UTF8.self) + "\n"
  }

  @Test func mergesJournalsAndDropsATornLine() throws {
    try write(line(record("b", trial: 2)) + line(record("a")), "one")
    try write(line(record("c", trial: 3)) + String(line(record("d", trial: 4)).dropLast(9)), "two")
    #expect(try folder.records().map(\.key) == ["a", "b", "c"])
  }

  @Test func aFailureGivesWay() throws {
    try write(line(record("a", .failed)) + line(record("b", trial: 2)), "one")
    try write(line(record("a")) + line(record("b", trial: 2, .failed)), "two")
    #expect(try folder.records().map(\.outcome) == [.completed, .completed])
  }

  @Test func refusesALineThatIsNoRecord() throws {
    try write("{\"key\": \"a\"}\n", "one")
    #expect {
      _ = try folder.records()
    } throws: {
      "\($0)".contains("one.jsonl, line 1") && "\($0)".contains("it has no 'trial'")
    }
  }
}
