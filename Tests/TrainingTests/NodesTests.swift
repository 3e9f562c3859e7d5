import Testing

@testable import Training

@Suite struct NodesTests {
  @Test func consecutiveRanksMakeNodes() {
    #expect(Nodes.ranges(firstRanks: [0]) == [0..<1])
    #expect(Nodes.ranges(firstRanks: [0, 0, 0]) == [0..<3])
    #expect(Nodes.ranges(firstRanks: [0, 0, 2, 3, 3]) == [0..<2, 2..<3, 3..<5])
  }

  /// As with `mpirun --map-by node`.
  @Test func scatteredRanksDoNot() {
    #expect(Nodes.ranges(firstRanks: [0, 1, 0, 1]) == nil)
  }
}
