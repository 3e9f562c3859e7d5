import Testing

@testable import Reports

@Suite struct SweepPointTests {
  private func point(_ trials: [TrialRecord], expected: Int = 3) -> SweepPoint {
    SweepPoint(place: [0, 0], trials: trials, expected: expected)
  }

  private func trial(_ outcome: TrialRecord.Outcome, _ test: Double?) -> TrialRecord {
    SweepFixture.trial(1, row: 0, column: 0, outcome, training: test, test: test)
  }

  @Test func whatDivergedCountsAndWhatWasStoppedDoesNot() throws {
    let point = point([trial(.completed, 0.5), trial(.diverged, 0.1), trial(.stopped, 0.9)])
    let spread = try #require(point.spread("accuracy", .validation))
    #expect(abs(spread.mean - 0.3) < 1e-15)
    #expect(spread.count == 2)
    #expect(point.marks == "D1 S1")
    #expect(point.isCompleted)
  }

  @Test func whatWasStoppedIsBetterThanNothing() {
    let point = point([trial(.stopped, 0.25), trial(.stopped, 0.75), trial(.failed, nil)])
    #expect(point.spread("accuracy", .validation)?.mean == 0.5)
    #expect(point.marks == "S2 F1")
    #expect(!point.isCompleted)
  }

  @Test(arguments: [
    (TrialRecord.Outcome.completed, ""), (.diverged, "D"), (.stopped, "S"), (.failed, "F"),
  ])
  func aLetterForAll(outcome: TrialRecord.Outcome, marks: String) {
    #expect(point([trial(outcome, 0.5)], expected: 1).marks == marks)
  }

  @Test func whatIsMissing() {
    #expect(point([]).marks == "M")
    #expect(point([trial(.completed, 1)]).marks == "M2")
    #expect(point([]).spread("accuracy", .training) == nil)
  }
}
