import Foundation
import MPI
import Testing
import Training

extension RankTests {
  /// Measures rather than tests: `CNN_DIST_MEASURE=1 mpirun -n 2 <test bundle> ... --filter AllreduceTimes`.
  @MainActor @Suite(.enabled(if: ProcessInfo.processInfo.environment["CNN_DIST_MEASURE"] != nil))
  struct AllreduceTimes {
    /// Prints the median time of `reduce()` for the digits network, a million floats, and a large network.
    @Test(arguments: [5_160, 1_000_000, 15_000_000]) func medianTime(floats: Int) throws {
      let world = RankTests.world
      let shards = try VirtualShards(count: 8, ranks: world.size)
      for (method, ranksPerNode) in [(AllreduceMethod.tree, nil), (.messages, nil), (.mpi, nil), (.tree, 4)] {
        let reduction = try TreeAllreduce(
          world: world, shards: shards, floats: floats, doubles: 8, method: method, ranksPerNode: ranksPerNode)
        let rounds = max(11, min(1_001, 100_000_000 / floats))
        let times = try (0..<rounds).map { _ in
          for _ in shards.range(ofRank: world.rank, of: world.size) { reduction.add() }
          try world.barrier()
          let start = ContinuousClock.now
          _ = try reduction.reduce()
          return ContinuousClock.now - start
        }
        let median = times.sorted()[rounds / 2]
        if world.rank == 0 { print("\(world.size) ranks, \(floats) floats, \(reduction.path): \(median)") }
        try reduction.free()
      }
    }
  }
}
