import MPI

/// Sums the partial sums of the ranks of a node in memory that they share.
///
/// If there are several nodes, their first ranks then sum the nodes' partial sums by messages.
///
/// Each rank adds one slice of the vector for all: no byte is copied, and everybody reads the total in place. Between
/// the steps the ranks wait for each other, because
///
/// 1. the partial sums of all ranks must be complete before any is added;
/// 2. the total must be complete before it is read, and nobody may write the next round's partial sums while others
///    still read the last one's;
/// 3. (several nodes) the same for the total that the first rank got by messages.
///
/// The total stays as it is until the next round's step 1 is over, that is, until every rank has come back to ask for
/// the next one.
final class SharedMemoryReduction {
  private let window: SharedWindow
  private let sum: TreeSum
  private let isOnlyNode: Bool
  private let betweenNodes: MessageReduction?
  private let total: ReductionSlot
  /// This rank's slots, for the sums of its shards.
  let slots: [ReductionSlot]

  /// Where everything is in the window of a node.
  ///
  /// The slots of each rank are in its own segment, and behind those of the first rank the results that all write to.
  struct Layout {
    let slots: SlotLayout
    /// The number of slots of each rank of the node.
    let slotsPerRank: [Int]
    /// The number of partial sums of each rank of the node, in its first slots.
    let partialsPerRank: [Int]
    /// How the partial sums of the ranks become those of the node.
    let plan: ReductionPlan
    /// Whether the node's results are partial sums of the job and the total has a slot of its own.
    let hasOtherNodes: Bool

    init(slots: SlotLayout, accumulations: [ShardAccumulator.Plan], tree: ReductionTree, hasOtherNodes: Bool) {
      self.slots = slots
      slotsPerRank = accumulations.map(\.slots)
      partialsPerRank = accumulations.map(\.partials.count)
      plan = ReductionPlan(merging: accumulations.flatMap(\.partials), in: tree)
      self.hasOtherNodes = hasOtherNodes
    }

    /// The number of slots and results in a rank's segment.
    func vectors(ofRank rank: Int) -> Int {
      slotsPerRank[rank] + (rank == 0 ? plan.results + (hasOtherNodes ? 1 : 0) : 0)
    }

    /// The size of a rank's segment, in bytes.
    func bytes(ofRank rank: Int) -> Int { vectors(ofRank: rank) * slots.stride }
  }

  /// Plans the reduction in `window`, made with the sizes that `layout` says.
  ///
  /// - Parameter between: makes the reduction between nodes, given the partial sums of this node and the place for the
  ///   total; called on the first rank of a node if there are other nodes.
  init(
    in window: SharedWindow, layout: Layout,
    between: (_ partials: [ReductionSlot], _ total: ReductionSlot) -> MessageReduction?
  ) {
    let communicator = window.communicator
    let slots = (0..<communicator.size).map { rank in
      layout.slots.slots(layout.vectors(ofRank: rank), in: window.segment(of: rank))
    }
    let partials = layout.partialsPerRank.enumerated().flatMap { slots[$0].prefix($1) }
    let results = slots[0][layout.slotsPerRank[0]...]
    let slice = layout.slots.slices(communicator.size)[communicator.rank]

    self.window = window
    sum = TreeSum(layout.plan, partials: partials.map { $0[slice] }, results: results.map { $0[slice] })
    isOnlyNode = !layout.hasOtherNodes
    total = slots[0][slots[0].count - 1]
    self.slots = slots[communicator.rank]
    let outputs = layout.plan.outputs.map { output in
      switch output {
      case .partial(let index): partials[index]
      case .result(let index): results[results.startIndex + index]
      case .scratch: preconditionFailure("a result is never left in a scratch block")
      }
    }
    betweenNodes = layout.hasOtherNodes ? between(outputs, total) : nil
  }

  /// Sums the partial sums of all ranks; the total is the same memory for all ranks of a node.
  ///
  /// Collective: every rank of the job must call this.
  func reduce() throws(MPIError) -> ReductionSlot {
    try window.synchronize()
    sum.run()
    try window.synchronize()
    if isOnlyNode { return total }
    try betweenNodes?.reduce()
    try window.synchronize()
    return total
  }

  /// Gives the shared memory back.
  ///
  /// Collective: every rank of the node must call this.
  func free() throws(MPIError) { try window.free() }
}
