import MPI

/// Sums the partial sums of ranks that share no memory, by messages between pairs of ranks.
///
/// Recursive halving and doubling (Rabenseifner's allreduce), with lists of partial sums in place of single vectors: see
/// ``RecursiveHalving`` for who meets whom. In each round two ranks exchange halves of what they hold and add the other
/// halves, until each has a slice of the total; in the reverse order they then exchange these slices.
///
/// With one partial sum per rank and `p` ranks, a power of two, a rank sends `2 log2 p` messages, and the bytes of a ring,
/// `2(p-1)/p` of the vector. Other numbers of ranks fold first, which moves whole vectors. Where a rank has several
/// partial sums, each is a message of its own: packed into one they would save small vectors some microseconds, and cost
/// large ones a copy and its memory.
final class MessageReduction {
  private let communicator: Communicator
  private let parts: RecursiveHalving
  private let partials: [ReductionSlot]
  private let total: ReductionSlot
  private let fold: Merge?
  private let rounds: [Round]

  private struct Round {
    let merge: Merge
    /// The partner's half of what this rank holds.
    let sent: [ReductionSlot]
    /// This rank's half of the slice of the total that both have in the end, and the partner's.
    let kept: ReductionSlot
    let other: ReductionSlot
  }

  /// Plans the reduction of `partials`, this rank's partial sums, into `total`.
  ///
  /// - Parameter ranges: the leaves below each partial sum of each rank of `communicator`, from left to right.
  init(
    on communicator: Communicator, tree: ReductionTree, ranges: [[Range<Int>]], layout: SlotLayout,
    partials: [ReductionSlot], total: ReductionSlot
  ) {
    let parts = RecursiveHalving(communicator.rank, partials: ranges, in: tree)
    let fold = parts.fold.map { Merge($0, held: partials, layout: layout) }

    // What this rank holds, and the total, narrowed from round to round.
    var held = fold?.merged ?? partials
    var slice = total
    var layout = layout
    var rounds: [Round] = []
    for (index, part) in parts.rounds.enumerated() {
      let halves = layout.slices(2)
      let (mine, others) = part.isLower ? (halves[0], halves[1]) : (halves[1], halves[0])
      let isLast = index == parts.rounds.count - 1
      let merge = Merge(part, held: held.map { $0[mine] }, layout: mine.layout, result: isLast ? slice[mine] : nil)
      rounds.append(Round(merge: merge, sent: held.map { $0[others] }, kept: slice[mine], other: slice[others]))
      held = merge.merged
      slice = slice[mine]
      layout = mine.layout
    }

    self.communicator = communicator
    self.parts = parts
    self.partials = partials
    self.total = total
    self.fold = fold
    self.rounds = rounds
  }

  /// Sums the partial sums of all ranks into the total of each.
  ///
  /// Collective: every rank of the communicator must call this.
  func reduce() throws(MPIError) {
    if let partner = parts.foldedInto {
      for partial in partials { try communicator.send(.init(partial.bytes), to: partner) }
      try communicator.receive(total.bytes, from: partner)
      return
    }
    if let fold {
      for received in fold.inbox { try communicator.receive(received.bytes, from: fold.partner) }
      fold.sum.run()
    }
    for round in rounds {
      let (partner, inbox) = (round.merge.partner, round.merge.inbox)
      for index in 0..<max(round.sent.count, inbox.count) {
        let sent = index < round.sent.count ? round.sent[index].bytes : nothing
        let received = index < inbox.count ? inbox[index].bytes : nothing
        try communicator.exchange(send: .init(sent), to: partner, receive: received, from: partner)
      }
      round.merge.sum.run()
    }
    for round in rounds.reversed() {
      let (partner, kept, other) = (round.merge.partner, round.kept.bytes, round.other.bytes)
      try communicator.exchange(send: .init(kept), to: partner, receive: other, from: partner)
    }
    if let fold { try communicator.send(.init(total.bytes), to: fold.partner) }
  }

  private var nothing: UnsafeMutableRawBufferPointer { .init(start: nil, count: 0) }
}

/// A ``RecursiveHalving/Merge`` with its memory.
private struct Merge {
  let partner: Int
  /// Where the partner's partial sums are received.
  let inbox: [ReductionSlot]
  let sum: TreeSum
  /// The partial sums afterwards.
  let merged: [ReductionSlot]
  private let memory: PrivateMemory

  /// Plans the merging of `held`, this rank's partial sums, with those of the partner.
  ///
  /// - Parameter result: the place for the only result; `nil` to make places for all.
  init(_ part: RecursiveHalving.Merge, held: [ReductionSlot], layout: SlotLayout, result: ReductionSlot? = nil) {
    let results = result == nil ? part.plan.results : 0
    memory = PrivateMemory(bytes: (part.received + results) * layout.stride)
    let slots = layout.slots(part.received + results, in: memory.bytes)
    inbox = Array(slots[..<part.received])
    let sums = result.map { [$0] } ?? Array(slots[part.received...])
    let all = part.isLower ? held + inbox : inbox + held
    sum = TreeSum(part.plan, partials: all, results: sums)
    merged = part.plan.outputs.map { output in
      switch output {
      case .partial(let index): all[index]
      case .result(let index): sums[index]
      case .scratch: preconditionFailure("a result is never left in a scratch block")
      }
    }
    partner = part.partner
  }
}
