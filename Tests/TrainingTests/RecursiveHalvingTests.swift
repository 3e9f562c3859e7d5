import Testing

@testable import Training

/// A participant while all of them act out their plans: the leaves of what it holds, and the slice it holds it of.
private struct Participant {
  let plan: RecursiveHalving
  var held: [Range<Int>]
  var slice: Range<Int>

  /// What is held after the partner's partial sums came; additions of ranges that are no siblings show.
  mutating func merge(_ merge: RecursiveHalving.Merge, received: [Range<Int>], in tree: ReductionTree) {
    #expect(merge.received == received.count)
    let partials = merge.isLower ? held + received : received + held
    #expect(merge.plan == ReductionPlan(merging: partials, in: tree))
    held = tree.additions(merging: partials).reduce(into: partials.map(Optional.some)) { ranges, addition in
      guard let into = ranges[addition.into], let from = ranges[addition.from] else { return }
      #expect(tree.areSiblings(into, from))
      ranges[addition.into] = into.lowerBound..<from.upperBound
      ranges[addition.from] = nil
    }.compactMap(\.self)
  }

  /// Narrows the slice to the half that is kept.
  mutating func halve(keepingLower: Bool) {
    let middle = (slice.lowerBound + slice.upperBound) / 2
    slice = keepingLower ? slice.lowerBound..<middle : middle..<slice.upperBound
  }
}

@Suite struct RecursiveHalvingTests {
  /// All participants in step: partners agree on everything, and the slices of the total make up the vector.
  @Test(arguments: [2, 3, 5, 8, 13, 16, 17, 64]) func everyParticipantPlaysItsPart(leaves: Int) throws {
    let tree = ReductionTree(leaves: leaves)
    for ranks in 2...min(leaves, 19) {
      let shards = try VirtualShards(count: leaves, ranks: ranks)
      let partials = (0..<ranks).map { tree.subtrees(of: shards.range(ofRank: $0, of: ranks)) }
      let length = 1 << 10
      var participants = (0..<ranks).map { rank in
        Participant(
          plan: RecursiveHalving(rank, partials: partials, in: tree), held: partials[rank], slice: 0..<length)
      }

      for (rank, folded) in participants.enumerated() {
        guard let partner = folded.plan.foldedInto else { continue }
        let fold = try #require(participants[partner].plan.fold)
        #expect(fold.partner == rank && fold.isLower && partner == rank - 1 && folded.plan.rounds.isEmpty)
        participants[partner].merge(fold, received: folded.held, in: tree)
      }
      let places = participants.indices.filter { participants[$0].plan.foldedInto == nil }
      #expect(places.count.nonzeroBitCount == 1 && 2 * places.count > ranks)
      #expect(places.count { participants[$0].plan.fold != nil } == ranks - places.count)

      for round in 0..<places.count.trailingZeroBitCount {
        let before = participants
        for rank in places {
          let merge = participants[rank].plan.rounds[round]
          let partner = before[merge.partner]
          #expect(partner.plan.rounds[round].partner == rank)
          #expect(partner.plan.rounds[round].isLower != merge.isLower)
          #expect(partner.slice == before[rank].slice)
          participants[rank].merge(merge, received: partner.held, in: tree)
          participants[rank].halve(keepingLower: merge.isLower)
        }
      }
      for rank in places {
        #expect(participants[rank].plan.rounds.count == places.count.trailingZeroBitCount)
        #expect(participants[rank].plan.rounds.last?.plan.outputs == [.result(0)])
        #expect(participants[rank].held == [0..<leaves])
      }
      let slices = places.map { participants[$0].slice }.sorted { $0.lowerBound < $1.lowerBound }
      #expect(slices.flatMap(\.self) == Array(0..<length), "\(ranks) ranks")
    }
  }

  /// Near places meet first; three of seven fold.
  @Test func partners() {
    let tree = ReductionTree(leaves: 8)
    func partners(_ rank: Int, of ranks: Int) -> [Int] {
      let partials = VirtualShards.parts(of: 8, among: ranks).map { tree.subtrees(of: $0) }
      return RecursiveHalving(rank, partials: partials, in: tree).rounds.map(\.partner)
    }
    #expect(partners(0, of: 8) == [1, 2, 4])
    #expect(partners(5, of: 8) == [4, 7, 1])
    #expect(partners(0, of: 7) == [2, 4])
    #expect(partners(3, of: 7) == [])
    #expect(partners(6, of: 7) == [4, 2])
  }
}
