import Numerics
import Testing

@testable import Training

/// The tree as its definition says, slow and obvious.
private struct ReferenceTree {
  let leaves: Int

  private func middle(_ low: Int, _ high: Int) -> Int {
    var half = 1
    while 2 * half < high - low { half *= 2 }
    return low + half
  }

  func sum(_ values: [Float], _ low: Int, _ high: Int) -> Float {
    if high - low == 1 { return values[low] }
    return sum(values, low, middle(low, high)) + sum(values, middle(low, high), high)
  }

  /// All subtrees, and all pairs of siblings.
  func nodes(_ low: Int, _ high: Int) -> (subtrees: Set<Range<Int>>, siblings: Set<[Range<Int>]>) {
    if high - low == 1 { return ([low..<high], []) }
    let left = nodes(low, middle(low, high))
    let right = nodes(middle(low, high), high)
    return (
      left.subtrees.union(right.subtrees).union([low..<high]),
      left.siblings.union(right.siblings).union([[low..<middle(low, high), middle(low, high)..<high]])
    )
  }
}

private func ranges(within leaves: Int) -> [Range<Int>] {
  (0..<leaves).flatMap { low in (low + 1...leaves).map { low..<$0 } }
}

/// Numbers whose sum depends much on the order of additions: up to sixty binary orders of magnitude apart.
private func values(_ count: Int) -> [Float] {
  var stream = RandomStream(seed: 3, purpose: .sampling, UInt32(count))
  return (0..<count).map { _ in
    let scale = Float(sign: .plus, exponent: Int(stream.below(60)) - 30, significand: 1)
    return stream.uniform(-1, 1) * scale
  }
}

@Suite struct ReductionTreeTests {
  @Test(arguments: 1...17) func subtreesAreTheLargestThatFit(leaves: Int) {
    let all = ReferenceTree(leaves: leaves).nodes(0, leaves).subtrees
    for range in ranges(within: leaves) {
      let inside = all.filter { $0.lowerBound >= range.lowerBound && $0.upperBound <= range.upperBound }
      let largest = inside.filter { node in !inside.contains { $0 != node && $0.contains(node) } }
      let expected = largest.sorted { $0.lowerBound < $1.lowerBound }
      #expect(ReductionTree(leaves: leaves).subtrees(of: range) == expected, "\(range) of \(leaves)")
    }
  }

  @Test(arguments: 1...17) func siblingsAreHalvesOfASubtree(leaves: Int) {
    let nodes = ReferenceTree(leaves: leaves).nodes(0, leaves)
    for left in nodes.subtrees {
      for right in nodes.subtrees {
        let expected = nodes.siblings.contains([left, right])
        #expect(ReductionTree(leaves: leaves).areSiblings(left, right) == expected, "\(left) and \(right) of \(leaves)")
      }
    }
  }

  /// Merges what any two adjacent ranges leave behind: bits and shape are those of the tree.
  @Test(arguments: 1...17) func mergingAdjacentRangesGivesTheSubtreesOfTheirUnion(leaves: Int) {
    let tree = ReductionTree(leaves: leaves)
    let reference = ReferenceTree(leaves: leaves)
    let values = values(leaves)
    for range in ranges(within: leaves) {
      for middle in range {
        let partials = tree.subtrees(of: range.lowerBound..<middle) + tree.subtrees(of: middle..<range.upperBound)
        var sums = partials.map { reference.sum(values, $0.lowerBound, $0.upperBound) }
        let additions = tree.additions(merging: partials)
        for addition in additions { sums[addition.into] += sums[addition.from] }
        let gone = Set(additions.map(\.from))
        let remaining = sums.indices.filter { !gone.contains($0) }.map { sums[$0].bitPattern }
        let expected = tree.subtrees(of: range).map { reference.sum(values, $0.lowerBound, $0.upperBound).bitPattern }
        #expect(remaining == expected, "\(range) cut at \(middle) of \(leaves)")
      }
    }
  }

  /// Accumulates and merges as `ranks` ranks do, for every number of ranks.
  @Test(arguments: 1...17) func anyNumberOfRanksGivesTheSameBits(leaves: Int) throws {
    let tree = ReductionTree(leaves: leaves)
    let values = values(leaves)
    let expected = ReferenceTree(leaves: leaves).sum(values, 0, leaves).bitPattern
    let layout = SlotLayout(floats: 1, doubles: 1)
    for ranks in 1...leaves {
      let shards = try VirtualShards(count: leaves, ranks: ranks)
      var memories: [PrivateMemory] = []
      var partials: [ReductionSlot] = []
      var ranges: [Range<Int>] = []
      for rank in 0..<ranks {
        let mine = shards.range(ofRank: rank, of: ranks)
        let plan = ShardAccumulator.Plan(shards: mine, in: tree)
        let memory = PrivateMemory(bytes: plan.slots * layout.stride)
        let accumulator = ShardAccumulator(plan, slots: layout.slots(plan.slots, in: memory.bytes))
        for shard in mine {
          accumulator.slot.floats[0] = values[shard]
          accumulator.slot.doubles[0] = Double(values[shard])
          accumulator.add()
        }
        accumulator.finish()
        memories.append(memory)
        partials += accumulator.partials
        ranges += plan.partials
      }
      let before = partials.map { $0.floats[0].bitPattern }
      let plan = ReductionPlan(merging: ranges, in: tree)
      let memory = PrivateMemory(bytes: layout.stride)
      let results = layout.slots(1, in: memory.bytes)
      TreeSum(plan, partials: partials, results: results).run()
      let total = ranks == 1 ? partials[0] : results[0]
      #expect(plan.outputs == (plan.results == 1 ? [.result(0)] : [.partial(0)]))
      #expect(total.floats[0].bitPattern == expected, "\(ranks) ranks")
      #expect(partials.map { $0.floats[0].bitPattern } == before, "partial sums must stay as they are")
      withExtendedLifetime(memories) {}
    }
  }

  /// A rank's shards take a stack, not a slot each.
  @Test func accumulationNeedsFewSlots() {
    let tree = ReductionTree(leaves: 64)
    #expect(ShardAccumulator.Plan(shards: 0..<1, in: tree).slots == 1)
    #expect(ShardAccumulator.Plan(shards: 0..<8, in: tree).slots == 4)
    #expect(ShardAccumulator.Plan(shards: 0..<64, in: tree).slots == 7)
  }
}
