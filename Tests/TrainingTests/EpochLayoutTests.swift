import Testing
import Training

@Suite struct EpochLayoutTests {
  /// Samples, batch size, shards: with and without a tail, fewer samples than a batch, batches smaller than the shards.
  static let cases = [(1797, 100, 8), (1000, 100, 8), (7, 100, 8), (50, 3, 8), (101, 10, 13), (0, 4, 2), (64, 64, 1)]

  private func layout(_ samples: Int, _ batchSize: Int, _ shards: Int) throws -> EpochLayout {
    EpochLayout(samples: samples, batchSize: batchSize, shards: try VirtualShards(count: shards, ranks: 1))
  }

  @Test(arguments: cases) func everyStepButTheLastIsFull(samples: Int, batchSize: Int, shards: Int) throws {
    let layout = try layout(samples, batchSize, shards)
    let counts = (0..<layout.steps).map { layout.count(ofStep: $0) }
    #expect(counts.dropLast().allSatisfy { $0 == batchSize })
    #expect(counts.allSatisfy { $0 > 0 })
    #expect(counts.reduce(0, +) == samples)
  }

  @Test(arguments: cases) func globalOrderTakesPositionsInTurn(samples: Int, batchSize: Int, shards: Int) throws {
    let layout = try layout(samples, batchSize, shards)
    let positions = (0..<layout.steps).flatMap { step in
      (0..<shards).flatMap { layout.positions(step: step, shard: $0) }
    }
    #expect(positions == Array(0..<samples))
  }

  @Test(arguments: cases) func slabsAreUsedUpStepByStep(samples: Int, batchSize: Int, shards: Int) throws {
    let layout = try layout(samples, batchSize, shards)
    #expect(layout.slabs.flatMap(\.self) == Array(0..<samples))
    for (shard, slab) in layout.slabs.enumerated() {
      let positions = (0..<layout.steps).flatMap { step in
        let start = layout.position(step: step, shard: shard)
        return start..<start + layout.positions(step: step, shard: shard).count
      }
      #expect(positions == Array(0..<slab.count))
    }
  }
}
