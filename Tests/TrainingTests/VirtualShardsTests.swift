import Testing

@testable import Training

@Suite struct VirtualShardsTests {
  @Test func partsCoverTheWholeAndTheLargerComeFirst() {
    for total in 0...40 {
      for count in 1...17 {
        let parts = VirtualShards.parts(of: total, among: count)
        let sizes = parts.map(\.count)
        #expect(parts.flatMap(\.self) == Array(0..<total))
        #expect(sizes == sizes.sorted(by: >))
        #expect((sizes.first ?? 0) - (sizes.last ?? 0) <= 1)
      }
    }
  }

  @Test func everyShardHasOneRank() throws {
    let shards = try VirtualShards(count: 13, ranks: 5)
    #expect((0..<5).map { shards.range(ofRank: $0, of: 5) } == [0..<3, 3..<6, 6..<9, 9..<11, 11..<13])
  }

  @Test func aRankWithoutShardIsAnError() {
    #expect(throws: VirtualShardsError(count: 8, ranks: 12)) { try VirtualShards(count: 8, ranks: 12) }
    #expect(throws: VirtualShardsError(count: 0, ranks: 1)) { try VirtualShards(count: 0, ranks: 1) }
    #expect(throws: VirtualShardsError(count: .max, ranks: 1)) { try VirtualShards(count: .max, ranks: 1) }
    #expect(VirtualShardsError(count: 4097, ranks: 1).description.contains("at most 4096 virtual shards, found 4097"))
    let text = VirtualShardsError(count: 8, ranks: 12).description
    #expect(text.contains("--virtual-shards 12") && text.contains("at most 8 ranks"))
  }
}
