import Foundation
import Testing

@testable import MPI

extension RankTests {
  @MainActor @Suite struct CommunicatorTests {
    let world = RankTests.world

    @Test func environmentKnowsItself() {
      #expect(Environment.isRunning)
      #expect((0..<world.size).contains(world.rank))
    }

    @Test func waitingRanksYieldTheCoreIfThereAreTooFew() {
      guard world.size > ProcessInfo.processInfo.activeProcessorCount else { return }
      #expect(getenv("OMPI_MCA_mpi_yield_when_idle").map { String(cString: $0) } == "1")
    }

    @Test func errorsAreThrownInMPIsWords() {
      let error = #expect(throws: MPIError.self) {
        var byte: UInt8 = 0
        try withUnsafeBytes(of: &byte) { try world.send($0, to: world.size) }
      }
      #expect(error?.function == "MPI_Send")
      #expect(error?.description.contains("MPI_ERR_RANK: invalid rank") == true)
    }

    @Test func splitGroupsByColour() throws {
      let parts = try world.split(color: world.rank % 2, key: -world.rank)
      #expect(parts.size == (world.size + 1 - world.rank % 2) / 2)
      #expect(try parts.allgather(world.rank) == (0..<world.size).filter { $0 % 2 == world.rank % 2 }.reversed())
      let last = try world.split(color: world.rank == world.size - 1 ? 0 : nil, key: 0)
      #expect((last != nil) == (world.rank == world.size - 1))
      #expect(try world.splitBySharedMemory().size == world.size)
    }

    @Test func broadcastCarriesTextOfAnyLength() throws {
      let root = world.size - 1
      for text in ["", "Grüße", String(repeating: "0123456789", count: 20_000)] {
        #expect(try world.broadcast(world.rank == root ? text : "ignored", from: root) == text)
      }
    }

    @Test func extremesAndGathers() throws {
      let (rank, size) = (world.rank, world.size)
      #expect(try world.allreduce(maximum: rank * 1_000_000_000_000) == (size - 1) * 1_000_000_000_000)
      #expect(try world.allreduce(minimum: 5 - rank) == 6 - size)
      #expect(try world.allgather(rank * rank) == (0..<size).map { $0 * $0 })
      let gathered = try world.gather([UInt8](repeating: UInt8(rank), count: rank), to: 0)
      #expect(gathered == (rank == 0 ? (0..<size).map { [UInt8](repeating: UInt8($0), count: $0) } : []))
    }

    @Test(arguments: [1 << 30, 24]) func sumsInOneOrManyPieces(pieceBytes: Int) throws {
      let part = try world.split(color: 0, key: world.rank)
      part.pieceBytes = pieceBytes
      var floats = (0..<1000).map { Float($0 + part.rank) }
      var doubles = (0..<10).map { Double($0 * part.rank) }
      try floats.withUnsafeMutableBufferPointer { try part.allreduce(sum: $0) }
      try doubles.withUnsafeMutableBufferPointer { try part.allreduce(sum: $0) }
      let ranks = part.size * (part.size - 1) / 2
      #expect(floats == (0..<1000).map { Float($0 * part.size + ranks) })
      #expect(doubles == (0..<10).map { Double($0 * ranks) })
    }

    /// Around the ring, in pieces, with other lengths in each direction.
    @Test(arguments: [1 << 30, 7]) func exchangeInOneOrManyPieces(pieceBytes: Int) throws {
      let part = try world.split(color: 0, key: world.rank)
      part.pieceBytes = pieceBytes
      let (rank, size) = (part.rank, part.size)
      let lower = (rank + size - 1) % size
      let sent = (0..<100 * rank).map { UInt8(truncatingIfNeeded: $0 + rank) }
      var received = [UInt8](repeating: 0, count: 100 * lower)
      try sent.withUnsafeBytes { sent in
        try received.withUnsafeMutableBytes { received in
          try part.exchange(send: sent, to: (rank + 1) % size, receive: received, from: lower)
        }
      }
      #expect(received == (0..<100 * lower).map { UInt8(truncatingIfNeeded: $0 + lower) })
    }

    @Test func sendReachesReceiver() throws {
      guard world.size > 1 else { return }
      var message: [UInt8] = world.rank == 0 ? [1, 2, 3] : [0, 0, 0]
      if world.rank == 0 { try message.withUnsafeBytes { try world.send($0, to: 1) } }
      if world.rank == 1 { try message.withUnsafeMutableBytes { try world.receive($0, from: 0) } }
      #expect(message == (world.rank < 2 ? [1, 2, 3] : [0, 0, 0]))
    }

    @Test func aMessageOfAnotherLengthIsAnError() throws {
      guard world.size > 1 else { return }
      var buffer = [UInt8](repeating: 0, count: 9)
      if world.rank == 0 { try [UInt8](repeating: 1, count: 5).withUnsafeBytes { try world.send($0, to: 1) } }
      if world.rank == 1 {
        let error = #expect(throws: MPIError.self) {
          try buffer.withUnsafeMutableBytes { try world.receive($0, from: 0) }
        }
        #expect(error?.text.contains("out of step") == true)
      }
    }
  }
}
