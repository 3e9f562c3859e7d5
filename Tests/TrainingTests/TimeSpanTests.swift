import Testing

@testable import Training

/// Lengths of time as people write them.
@Suite struct TimeSpanTests {
  @Test(arguments: [
    ("90s", 90.0), ("90", 90), ("5m", 300), ("5 min", 300), ("2h", 7200), ("1.5h", 5400), ("0", 0), ("0.5s", 0.5),
  ])
  func forms(text: String, seconds: Double) { #expect(TimeSpan(text)?.seconds == seconds) }

  @Test(arguments: ["", "m", "five", "-1s", "1..5h", "5d5", "1e3s", "nan", "inf", "99999999999999999999h", "٣s"])
  func others(text: String) { #expect(TimeSpan(text) == nil) }

  /// What is written is read again.
  @Test(arguments: [0, 0.5, 90, 300, 5400, 7200, 123_456]) func roundTrip(seconds: Double) {
    #expect(TimeSpan("\(TimeSpan(seconds: seconds))")?.seconds == seconds)
  }
}
