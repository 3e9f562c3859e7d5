import Testing

@testable import Training

/// When a job must have ended.
@Suite struct DeadlineTests {
  /// From 1,000 seconds on, or 20,000 days after 1970 and an hour.
  private static let forms: [(String, Double)] = [
    ("55m", 4300), ("0s", 1000), ("1.5h", 6400), ("30", 1030),
    ("2024-10-04T01:00:00Z", 1_728_003_600), ("2024-10-04T03:00:00+02:00", 1_728_003_600),
  ]

  @Test(arguments: DeadlineTests.forms) func whatIsRead(text: String, moment: Double) throws {
    #expect(try Deadline(text, now: 1000).moment == moment)
  }

  @Test(arguments: ["", "soon", "-5m", "5 fortnights", "2024-13-01T00:00:00Z", "nan", "1e999h", "2020-01-01T00:00:00Z"])
  func others(text: String) {
    #expect(throws: (any Error).self) { try Deadline(text) }
  }

  @Test func slurms() {
    #expect(Deadline(ofScheduler: ["SLURM_JOB_END_TIME": "2000"])?.moment == 1940)
    #expect(Deadline(ofScheduler: ["SLURM_JOB_END_TIME": "never"]) == nil)
    #expect(Deadline(ofScheduler: [:]) == nil)
  }

  /// What would take until after the deadline is not begun.
  @Test func timeForWhatComes() throws {
    let deadline = try Deadline("1h")
    #expect(!deadline.isReached(allowing: .seconds(3000)))
    #expect(deadline.isReached(allowing: .seconds(3700)))
    #expect(try Deadline("0s").isReached(allowing: .zero))
  }
}
