import Foundation
import MPI
import Numerics
import Testing
import Training

/// The vectors of all shards in one round, with exponents far apart so that the order of additions shows in the bits.
private struct Round {
  let floats: [[Float]]
  let doubles: [[Double]]

  init(_ number: Int, shards: Int, floats: Int, doubles: Int) {
    self.floats = (0..<shards).map { shard in
      var stream = RandomStream(seed: UInt64(number), purpose: .sampling, UInt32(shard))
      return (0..<floats).map { _ in
        stream.uniform(-1, 1) * Float(sign: .plus, exponent: Int(stream.below(40)) - 20, significand: 1)
      }
    }
    self.doubles = (0..<shards).map { shard in
      var stream = RandomStream(seed: UInt64(number), purpose: .sampling, UInt32(shard), 1)
      return (0..<doubles).map { _ in exp(Double(stream.uniform(-40, 40))) }
    }
  }

  /// The sum as the tree is defined, slow and obvious.
  static func tree<Element: FloatingPoint>(_ vectors: ArraySlice<[Element]>) -> [Element] {
    if vectors.count == 1 { return vectors[vectors.startIndex] }
    var half = 1
    while 2 * half < vectors.count { half *= 2 }
    return zip(tree(vectors.prefix(half)), tree(vectors.dropFirst(half))).map { $0 + $1 }
  }
}

extension RankTests {
  @MainActor @Suite struct TreeAllreduceTests {
    let world = RankTests.world

    /// Every path, in turn on the same data, round after round: the bits are those of the definition.
    @Test(arguments: [8, 13], [(0, 0), (0, 3), (1, 1), (40, 0), (5160, 3), (100_003, 70)])
    func bitsAreThoseOfTheTree(shards count: Int, size: (floats: Int, doubles: Int)) throws {
      let shards = try VirtualShards(count: count, ranks: world.size)
      func reduction(_ method: AllreduceMethod, _ ranksPerNode: Int? = nil) throws -> TreeAllreduce {
        try TreeAllreduce(
          world: world, shards: shards, floats: size.floats, doubles: size.doubles, method: method,
          ranksPerNode: ranksPerNode)
      }
      let reductions = try [
        reduction(.tree), reduction(.messages), reduction(.tree, 1), reduction(.tree, 2), reduction(.tree, 3),
      ]
      let library = try reduction(.mpi)
      let mine = shards.range(ofRank: world.rank, of: world.size)

      // What the last round returned must hold until the next call, while the next round's sums are written.
      var last: [ReductionSlot] = []
      var lastExpected: [UInt32] = []
      for number in 0..<4 {
        let round = Round(number, shards: count, floats: size.floats, doubles: size.doubles)
        func add(to reduction: TreeAllreduce) {
          // Ranks take turns in being late, so that a missing wait shows.
          if (world.rank + number) % world.size == 0 { usleep(1_000) }
          for shard in mine {
            _ = reduction.slot.floats.update(fromContentsOf: round.floats[shard])
            _ = reduction.slot.doubles.update(fromContentsOf: round.doubles[shard])
            reduction.add()
          }
        }
        let floats = Round.tree(round.floats[...])
        let doubles = Round.tree(round.doubles[...])
        let expected = floats.map(\.bitPattern)
        for reduction in reductions { add(to: reduction) }
        for total in last { #expect(total.floats.map(\.bitPattern) == lastExpected) }
        last = []
        for reduction in reductions {
          if (world.rank + number) % world.size == 1 { usleep(1_000) }
          let total = try reduction.reduce()
          if (world.rank + number) % world.size == 2 { usleep(1_000) }
          let areEqual = total.floats.map(\.bitPattern) == expected
          #expect(areEqual, "floats, \(reduction.path), round \(number)")
          #expect(total.doubles.map(\.bitPattern) == doubles.map(\.bitPattern), "\(reduction.path), round \(number)")
          last.append(total)
        }
        lastExpected = expected

        add(to: library)
        let total = try library.reduce()
        let isClose = floats.indices.allSatisfy { index in
          let scale = round.floats.reduce(0) { $0 + abs($1[index]) }
          return abs(total.floats[index] - floats[index]) <= 1e-5 * scale
        }
        #expect(isClose, "MPI_Allreduce, round \(number)")
        #expect(zip(total.doubles, doubles).allSatisfy { abs($0 - $1) <= 1e-12 * $1 })
      }
      for reduction in reductions { try reduction.free() }
    }

    @Test func pathSaysWhatIsUsed() throws {
      func path(_ method: AllreduceMethod, _ ranksPerNode: Int? = nil) throws -> String {
        let shards = try VirtualShards(count: 8, ranks: world.size)
        let reduction = try TreeAllreduce(
          world: world, shards: shards, floats: 10, doubles: 1, method: method, ranksPerNode: ranksPerNode)
        try reduction.free()
        return reduction.path
      }
      let isAlone = world.size == 1
      #expect(try path(.tree) == (isAlone ? "one rank" : "shared memory"))
      #expect(try path(.messages) == (isAlone ? "one rank" : "messages"))
      #expect(try path(.mpi) == (isAlone ? "one rank" : "MPI_Allreduce"))
      #expect(try path(.tree, 1) == (isAlone ? "one rank" : "messages"))
      if world.size == 8 { #expect(try path(.tree, 2) == "shared memory and messages (4 nodes)") }
    }
  }

  /// Run with windows in a file system that has no space.
  @MainActor @Suite(.enabled(if: ProcessInfo.processInfo.environment["OMPI_MCA_osc_sm_backing_directory"] != nil))
  struct WithoutSharedMemory {
    @Test(arguments: [nil, 2]) func allRanksFallBackToMessages(ranksPerNode: Int?) throws {
      let world = RankTests.world
      let shards = try VirtualShards(count: world.size, ranks: world.size)
      let reduction = try TreeAllreduce(
        world: world, shards: shards, floats: 100, doubles: 0, ranksPerNode: ranksPerNode)
      #expect(reduction.path.hasPrefix("messages (no shared memory on the node of rank 0: "))
      reduction.slot.floats.update(repeating: Float(world.rank))
      reduction.add()
      let total = try reduction.reduce()
      #expect(total.floats.allSatisfy { $0 == Float(world.size * (world.size - 1) / 2) })
      try reduction.free()
    }
  }
  /// Run by itself: it ends the job.
  @MainActor @Suite(.enabled(if: ProcessInfo.processInfo.environment["CNN_DIST_LEAVE"] != nil))
  struct LeavingByAnError {
    /// Dropping the reduction, as an error that unwinds does, must not wait for the ranks that are still in it.
    @Test func abortEndsRanksThatWait() throws {
      let world = RankTests.world
      var reduction: TreeAllreduce? = try TreeAllreduce(
        world: world, shards: VirtualShards(count: world.size, ranks: world.size), floats: 100, doubles: 0)
      reduction?.add()
      if world.rank == 1 {
        reduction = nil
        Environment.abort(code: 65)
      }
      _ = try reduction?.reduce()
    }
  }
}
