import Testing

@testable import Reports

@Suite struct SpreadTests {
  @Test func ofSeveral() throws {
    // Deviations from 5: -3, -1, -1, -1, 0, 0, 2, 4; their squares sum up to 32.
    let spread = try #require(Spread([2, 4, 4, 4, 5, 5, 7, 9]))
    #expect(spread.mean == 5)
    #expect(spread.count == 8)
    #expect(abs(try #require(spread.deviation) - (32.0 / 7).squareRoot()) < 1e-15)
  }

  @Test func ofOneAndOfNone() {
    #expect(Spread([0.25])?.mean == 0.25)
    #expect(Spread([0.25])?.deviation == nil)
    #expect(Spread([]) == nil)
  }
}
