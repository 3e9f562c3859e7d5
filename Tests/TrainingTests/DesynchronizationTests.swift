import Testing

@testable import Training

/// Who is named when replicas differ.
@Suite struct DesynchronizationTests {
  private func places(_ count: Int) -> [RankPlace] { (0..<count).map { RankPlace(host: "n\($0)", process: 7) } }

  @Test func allTheSame() throws { try Desynchronization.check([7, 7, 7], of: places(3), step: 10, interval: 5) }

  @Test(arguments: [
    ([7, 7, 8], [2]), ([8, 7, 7, 7], [0]), ([7, 9, 7, 8, 7], [1, 3]),
    // Nobody can say who is right.
    ([7, 8], [0, 1]), ([7, 7, 8, 8], [0, 1, 2, 3]), ([1, 2, 3], [0, 1, 2]),
  ])
  func oddRanks(hashes: [UInt64], odd: [Int]) throws {
    let error = #expect(throws: Desynchronization.self) {
      try Desynchronization.check(hashes, of: places(hashes.count), step: 10, interval: 4)
    }
    #expect(error?.oddRanks == odd)
    let text = "\(try #require(error))"
    for rank in odd {
      #expect(text.contains("rank \(rank) (n\(rank), process 7, hash 000000000000000\(hashes[rank]))"))
    }
    #expect(text.contains("before step 10") && text.contains("last agreed before step 6"))
  }
}
