import Foundation
import MPI
import Testing

extension RankTests {
  @MainActor @Suite struct SharedWindowTests {
    let world = RankTests.world

    @Test(arguments: [0, 1, 100_000]) func whatOneRankWritesAllRead(bytes: Int) throws {
      let window = try SharedWindow(on: world, bytes: bytes + world.rank)
      let mine = window.segment(of: world.rank)
      #expect(mine.allSatisfy { $0 == 0 })
      for round in 1...3 {
        mine.initializeMemory(as: UInt8.self, repeating: UInt8(10 * round + world.rank))
        try window.synchronize()
        for rank in 0..<world.size {
          let segment = window.segment(of: rank)
          #expect(segment.count == bytes + rank)
          #expect(UInt(bitPattern: segment.baseAddress) % 64 == 0)
          #expect(segment.allSatisfy { $0 == UInt8(10 * round + rank) })
        }
        try window.synchronize()
      }
      try window.free()
    }

    /// What failed half way has left windows, also those of parts; what was there before stays.
    @Test func windowsThatAreLeftAreFreed() throws {
      let kept = try SharedWindow(on: world, bytes: 64)
      let count = world.openWindowCount
      func fail() throws {
        _ = try SharedWindow(on: world, bytes: 64)
        _ = try SharedWindow(on: world.split(color: 0, key: world.rank), bytes: 64)
      }
      try fail()
      #expect(world.openWindowCount == count + 2)
      try world.freeWindows(after: count)
      #expect(world.openWindowCount == count)
      try kept.synchronize()
      try kept.free()
    }

    /// Every rank is told, none hangs, and the next window can be had.
    @Test func tooLargeAWindowIsAnErrorOnEveryRank() throws {
      guard world.size > 1 else { return }
      let error = #expect(throws: MPIError.self) {
        try SharedWindow(on: world, bytes: world.rank == 0 ? 1 << 50 : 64)
      }
      #expect(error?.text.contains("bytes free") == true)
      try SharedWindow(on: world, bytes: 64).free()
    }
  }
}
