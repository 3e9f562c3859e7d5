import Datasets
import Testing

@testable import Training

@Suite struct SampleOrderTests {
  /// The micro-batches of all ranks: `[epoch][step][shard]`, each the list of its samples.
  private func deal(
    _ order: SampleOrder, samples: Int, batchSize: Int, shards: Int, ranks: Int, epochs: Int,
    from start: (Int, Int) = (0, 0)
  ) throws -> [[[[Int]]]] {
    let virtualShards = try VirtualShards(count: shards, ranks: ranks)
    let layout = EpochLayout(samples: samples, batchSize: batchSize, shards: virtualShards)
    var dealt = Array(
      repeating: Array(repeating: Array(repeating: [Int](), count: shards), count: layout.steps), count: epochs)
    for rank in 0..<ranks {
      let mine = virtualShards.range(ofRank: rank, of: ranks)
      let resident = MicroBatchSchedule.residentSamples(order, layout, shards: mine)
      var schedule = MicroBatchSchedule(
        order, layout, orders: slabOrders(layout), shards: mine, seed: 5, epoch: start.0, step: start.1, epochs: epochs)
      for epoch in start.0..<epochs {
        for step in (epoch == start.0 ? start.1 : 0)..<layout.steps {
          for shard in mine {
            var indices: [Int] = []
            let isThere = schedule.next(into: &indices)
            #expect(isThere)
            #expect(schedule.epoch == epoch)
            #expect(indices.allSatisfy { resident.contains($0) })
            dealt[epoch][step][shard] = indices
          }
        }
      }
      var indices: [Int] = []
      let isThere = schedule.next(into: &indices)
      #expect(!isThere)
    }
    return dealt
  }

  /// Windows of 12 samples in blocks of 5: slabs of the larger cases have several, and begin and end within a block.
  private func slabOrders(_ layout: EpochLayout) -> [WindowedOrder] {
    layout.slabs.enumerated().map { shard, slab in
      WindowedOrder(
        part: slab, blockSize: 5, windowSize: 12, largestBatch: layout.largestMicroBatch, seed: 5, key: UInt32(shard))
    }
  }

  private static let orders: [SampleOrder] = [.sharded, .global, .stored]
  private static let sizes = [(1437, 100, 8), (10, 10, 8), (7, 3, 8), (64, 16, 5), (5, 100, 3), (1, 1, 1)]

  @Test(arguments: orders, sizes)
  func everySampleOncePerEpochOnAnyNumberOfRanks(order: SampleOrder, size: (Int, Int, Int)) throws {
    let (samples, batchSize, shards) = size
    let reference = try deal(order, samples: samples, batchSize: batchSize, shards: shards, ranks: 1, epochs: 2)
    for epoch in reference {
      #expect(epoch.joined().joined().sorted() == Array(0..<samples))
      #expect(epoch.dropLast().allSatisfy { $0.joined().count == batchSize }, "all steps but the last are full")
    }
    for ranks in [2, 3, 5, 8] where ranks <= shards {
      #expect(
        try deal(order, samples: samples, batchSize: batchSize, shards: shards, ranks: ranks, epochs: 2) == reference)
    }
  }

  @Test(arguments: orders) func resumingInTheMiddleChangesNothing(order: SampleOrder) throws {
    let whole = try deal(order, samples: 230, batchSize: 20, shards: 8, ranks: 1, epochs: 3)
    let rest = try deal(order, samples: 230, batchSize: 20, shards: 8, ranks: 3, epochs: 3, from: (1, 7))
    #expect(rest[1][7...] == whole[1][7...])
    #expect(rest[2] == whole[2])
  }

  @Test func storedIsStored() throws {
    let dealt = try deal(.stored, samples: 230, batchSize: 20, shards: 8, ranks: 2, epochs: 1)
    #expect(Array(dealt.joined().joined().joined()) == Array(0..<230))
  }

  @Test(arguments: [SampleOrder.sharded, .global]) func epochsDiffer(order: SampleOrder) throws {
    let dealt = try deal(order, samples: 230, batchSize: 20, shards: 8, ranks: 2, epochs: 2)
    #expect(dealt[0] != dealt[1])
  }
}
