import Foundation
import HDF5
import NeuralNetwork
import Reports
import TestSupport
import Testing

@testable import Sweeps

@Suite struct SweepJournalTests {
  private func record(_ key: String) -> TrialRecord {
    TrialRecord(
      key: key, trial: 1, point: ["l2": .double(0.01), "model": .string("a \"b\"\n")], seed: 0, outcome: .failed,
      reason: "it broke\n\u{1F4A5}", epochs: 1, curve: [TrialRecord.Epoch(epoch: 1, loss: 0.1)], seconds: 1,
      trainingSeconds: 0.9, imagesPerSecond: 100, group: 0, finished: "2026-11-26T07:30:00Z", configuration: "a: 1\n")
  }

  @Test func aTornLineIsCutOff() throws {
    let folder = try TemporaryFolder()
    let path = folder("journal.jsonl")
    do {
      let journal = try SweepJournal(path)
      try journal.append(record("a"))
      try journal.append(record("b"))
    }
    let whole = try FileReadError.contents(of: path)
    #expect(try SweepFolder.records(in: path) == [record("a"), record("b")])
    for torn in [1, 40, whole.count / 2 - 1] {
      try AtomicFile.write(Array(whole.dropLast(torn)), to: path)
      try SweepJournal(path).append(record("c"))
      #expect(try SweepFolder.records(in: path).map(\.key) == ["a", "c"])
    }
    try AtomicFile.write(Array(whole.prefix(7)), to: path)
    try SweepJournal(path).append(record("c"))
    #expect(try SweepFolder.records(in: path).map(\.key) == ["c"])
  }

  @Test func aFolderThatCannotBeWritten() throws {
    #expect(throws: FileWriteError.self) { try SweepJournal("/proc/journal.jsonl") }
  }
}
