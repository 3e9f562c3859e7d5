import MPI
import Testing

extension RankTests {
  @MainActor @Suite struct SharedTableTests {
    let world = RankTests.world

    /// Every number is drawn once, whoever draws it.
    @Test func everyNumberIsDrawnOnce() throws {
      let table = try SharedTable(integers: 2, on: world)
      var drawn = [UInt8](repeating: 0, count: 200)
      while true {
        let number = try table.add(1, to: 0)
        guard number < drawn.count else { break }
        drawn[number] = 1
      }
      try table.raise(1, to: 100 + world.rank)
      let all = try world.gather(drawn, to: 0)
      if world.rank == 0 {
        #expect((0..<drawn.count).allSatisfy { number in all.count { $0[number] == 1 } == 1 })
      }
      #expect(try table.integer(0) >= drawn.count)
      #expect(try world.allreduce(minimum: table.integer(1)) == 99 + world.size)
      try table.free()
    }

    @Test func numbersAreUnknownUntilTheyAreSet() throws {
      let table = try SharedTable(numbers: 3 * world.size, of: world.size - 1, on: world)
      #expect(try table.numbers(0..<table.count).allSatisfy(\.isNaN))
      try world.barrier()
      try table.set(3 * world.rank + 1, to: Double(world.rank) + 0.5)
      try world.barrier()
      for rank in 0..<world.size {
        let numbers = try table.numbers(3 * rank..<3 * rank + 3)
        #expect(numbers[0].isNaN && numbers[1] == Double(rank) + 0.5 && numbers[2].isNaN)
      }
      try world.progress()
      try table.free()
    }
  }
}
