import MPI

/// Sums the partial sums of ranks that share no memory, by messages between pairs of ranks.
///
/// Each rank sums one slice of the vector. In round `d` every rank sends to the rank `d` above it that rank's slice of
/// its partial sums, and gets its own slice from the rank `d` below. Having a slice of all partial sums of the job, it
/// adds them in the order of the tree; in the same rounds the total is then passed to everybody.
///
/// With one partial sum per rank this moves the bytes of a ring, `2(n-1)/n` of the vector, for any number `n` of ranks,
/// not only for powers of two. The `2(n-1)` messages cost more time than the `2 log n` of recursive halving only where
/// there are many ranks and little to send, and there are never more ranks than virtual shards.
final class MessageReduction {
  private let communicator: Communicator
  private let slices: [SlotLayout.Slice]
  /// This rank's partial sums.
  private let partials: [ReductionSlot]
  /// What every rank sends: its partial sums of this rank's slice; this rank's own place is empty.
  private let inbox: [[ReductionSlot]]
  private let inboxMemory: PrivateMemory
  private let sum: TreeSum
  private let total: ReductionSlot

  /// Plans the reduction of `partials`, this rank's partial sums, into `total`.
  ///
  /// - Parameter ranges: the leaves below each partial sum of each rank of `communicator`, from left to right.
  init(
    on communicator: Communicator, tree: ReductionTree, ranges: [[Range<Int>]], layout: SlotLayout,
    partials: [ReductionSlot], total: ReductionSlot
  ) {
    let rank = communicator.rank
    let slices = layout.slices(communicator.size)
    let mine = slices[rank]
    let received = ranges.indices.map { $0 == rank ? 0 : ranges[$0].count }
    let memory = PrivateMemory(bytes: received.reduce(0, +) * mine.layout.stride)
    var slots = mine.layout.slots(received.reduce(0, +), in: memory.bytes)[...]
    let inbox = received.map { count in
      defer { slots.removeFirst(count) }
      return Array(slots.prefix(count))
    }
    let sources = ranges.indices.flatMap { $0 == rank ? partials.map { $0[mine] } : inbox[$0] }
    let plan = ReductionPlan(merging: ranges.flatMap(\.self), in: tree)
    precondition(plan.outputs == [.result(0)], "the ranks' partial sums do not make up the whole tree")

    self.communicator = communicator
    self.slices = slices
    self.partials = partials
    self.inbox = inbox
    inboxMemory = memory
    sum = TreeSum(plan, partials: sources, results: [total[mine]])
    self.total = total
  }

  /// Sums the partial sums of all ranks into the total of each.
  ///
  /// Collective: every rank of the communicator must call this.
  func reduce() throws(MPIError) {
    let (rank, size) = (communicator.rank, communicator.size)
    for distance in 1..<size {
      let upper = (rank + distance) % size
      let lower = (rank - distance + size) % size
      for index in 0..<max(partials.count, inbox[lower].count) {
        let sent = index < partials.count ? partials[index][slices[upper]].bytes : nothing
        let received = index < inbox[lower].count ? inbox[lower][index].bytes : nothing
        try communicator.exchange(send: .init(sent), to: upper, receive: received, from: lower)
      }
    }
    sum.run()
    for distance in 1..<size {
      let upper = (rank + distance) % size
      let lower = (rank - distance + size) % size
      let sent = total[slices[rank]].bytes
      try communicator.exchange(send: .init(sent), to: upper, receive: total[slices[lower]].bytes, from: lower)
    }
  }

  private var nothing: UnsafeMutableRawBufferPointer { .init(start: nil, count: 0) }
}
