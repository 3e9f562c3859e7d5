import Testing

@testable import Datasets

@Suite struct SplitFractionsTests {
  @Test(arguments: [
    ("0.8/0.2", "0.8/0.2"), ("0.80/.1/0.1", "0.8/0.1/0.1"), ("1/0", "1/0"), ("0.333333/0.333333/0.333334", nil),
    ("0.7/0/0.3", "0.7/0/0.3"),
  ]) func whatIsRead(text: String, description: String?) throws {
    #expect(try #require(SplitFractions(text)).description == description ?? text)
  }

  @Test(arguments: [
    "", "1", "0.8", "0.8/0.1", "0.5/0.6", "0.5/0.25/0.125/0.125", "0/1", "-0.5/1.5", "80/20", "0.8/0.2/", "a/b",
    "0.5 /0.5",
    "0.8/0.2000001", "./1", "1e-1/0.9", "0,8/0,2", "٠.٥/0.5",
  ]) func whatIsNot(text: String) {
    #expect(SplitFractions(text) == nil)
  }

  /// Counts that can be worked out by hand.
  @Test(arguments: [
    // One group: largest remainders.
    ("0.8/0.1/0.1", [10], [[8, 1, 1]]), ("0.8/0.1/0.1", [1797], [[1437, 180, 180]]),
    ("0.7/0.15/0.15", [3], [[2, 1, 0]]), ("0.5/0.5", [1], [[1, 0]]),
    // No share suffers from how 0.29 is stored: 29 of 100 exactly.
    ("0.29/0.71", [100], [[29, 71]]),
    // Two classes of 5, totals 8 and 2: each 4 and 1.
    ("0.8/0.2", [5, 5], [[4, 1], [4, 1]]),
    // Three classes of 5 in halves: 8 and 7 in all, and the odd samples go to train as long as it lacks one.
    ("0.5/0.5", [5, 5, 5], [[3, 2], [3, 2], [2, 3]]),
    // A class of one sample goes where its share is largest.
    ("0.8/0.2", [1, 9], [[1, 0], [7, 2]]), ("1/0", [3, 4], [[3, 0], [4, 0]]),
  ]) func counts(text: String, groups: [Int], expected: [[Int]]) throws {
    #expect(try #require(SplitFractions(text)).counts(of: groups) == expected)
  }

  /// For many sizes: nothing is lost, totals are the rounded shares, and every count is its share, rounded up or down.
  @Test(arguments: ["0.8/0.1/0.1", "0.7/0.3", "0.333333/0.333333/0.333334", "0.9/0.05/0.05"])
  func everythingAddsUp(text: String) throws {
    let split = try #require(SplitFractions(text))
    let shares = text.split(separator: "/").compactMap { Double($0) }
    for size in 0..<60 {
      let groups = (0..<7).map { size * ($0 + 1) % (11 + $0) }
      let counts = split.counts(of: groups)
      let total = groups.reduce(0, +)
      #expect(counts.map { $0.reduce(0, +) } == groups)
      var farthest = 0.0
      for (group, row) in zip(groups, counts) {
        for (share, count) in zip(shares, row) { farthest = max(farthest, abs(Double(count) - share * Double(group))) }
      }
      for (part, share) in shares.enumerated() {
        let count = counts.reduce(0) { $0 + $1[part] }
        farthest = max(farthest, abs(Double(count) - share * Double(total)))
      }
      #expect(farthest < 1, "\(groups): \(counts)")
    }
  }
}
