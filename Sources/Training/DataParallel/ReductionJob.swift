import MPI

/// What all ranks know about a reduction: who has which shards, which partial sums and which memory.
struct ReductionJob {
  let world: Communicator
  let layout: SlotLayout
  /// How each rank accumulates its shards.
  let plans: [ShardAccumulator.Plan]

  private let shards: VirtualShards
  private let tree: ReductionTree
  private let ranksPerNode: Int?

  init(world: Communicator, shards: VirtualShards, layout: SlotLayout, ranksPerNode: Int?) {
    let tree = ReductionTree(leaves: shards.count)
    plans = (0..<world.size).map { rank in
      ShardAccumulator.Plan(shards: shards.range(ofRank: rank, of: world.size), in: tree)
    }
    self.world = world
    self.layout = layout
    self.shards = shards
    self.tree = tree
    self.ranksPerNode = ranksPerNode
  }

  /// The reduction by messages between all ranks.
  func messages(partials: [ReductionSlot], total: ReductionSlot) -> MessageReduction {
    MessageReduction(
      on: world, tree: tree, ranges: plans.map(\.partials), layout: layout, partials: partials, total: total)
  }

  /// Whether ranks can reduce in shared memory, and how.
  enum SharedMemory {
    case available(SharedMemoryReduction, path: String)
    /// Not on this job, and why if one would expect it to be.
    case unavailable(String?)
  }

  /// The reduction in shared memory; all ranks agree whether it can be had.
  ///
  /// Collective: every rank of the job must call this.
  func sharedMemory() throws(MPIError) -> SharedMemory {
    let nodes = try Nodes(of: world, ranksPerNode: ranksPerNode)
    guard let ranks = nodes.ranks else {
      return .unavailable("no shared memory: the ranks of a node are not numbered consecutively")
    }
    guard ranks.count < world.size else { return .unavailable(nil) }
    let mine = ranks.first { $0.contains(world.rank) } ?? 0..<world.size
    let layout = SharedMemoryReduction.Layout(
      slots: layout, accumulations: Array(plans[mine]), tree: tree, hasOtherNodes: ranks.count > 1)

    var window: SharedWindow?
    var reason = ""
    do throws(MPIError) {
      window = try SharedWindow(on: nodes.communicator, bytes: layout.bytes(ofRank: nodes.communicator.rank))
    } catch {
      reason = error.description
    }
    let failed = try world.allreduce(minimum: window == nil ? world.rank : world.size)
    guard let window, failed == world.size else {
      try window?.free()
      reason = try world.broadcast(reason, from: failed)
      return .unavailable("no shared memory on the node of rank \(failed): \(reason)")
    }

    let firsts = try world.split(color: nodes.communicator.rank == 0 ? 0 : nil, key: world.rank)
    let reduction = SharedMemoryReduction(in: window, layout: layout) { partials, total in
      firsts.map { firsts in
        MessageReduction(
          on: firsts, tree: tree, ranges: ranks.map { tree.subtrees(of: shards(of: $0)) }, layout: self.layout,
          partials: partials, total: total)
      }
    }
    let path = ranks.count == 1 ? "shared memory" : "shared memory and messages (\(ranks.count) nodes)"
    return .available(reduction, path: path)
  }

  /// The shards of consecutive ranks.
  private func shards(of ranks: Range<Int>) -> Range<Int> {
    let first = shards.range(ofRank: ranks.lowerBound, of: world.size)
    let last = shards.range(ofRank: ranks.upperBound - 1, of: world.size)
    return first.lowerBound..<last.upperBound
  }
}
