import MPI

/// How sums are made over all ranks.
public enum AllreduceMethod: String, Codable, CaseIterable, Sendable {
  /// Along the tree: in shared memory inside a node, by messages between nodes.
  case tree
  /// Along the tree, by messages throughout.
  case messages = "tree-messages"
  /// By the library's own `MPI_Allreduce`, for interconnects that reduce in hardware.
  ///
  /// Gives up the promise that the bits do not depend on the number of ranks.
  case mpi
}

/// Sums a vector over all virtual shards of the job along one fixed tree.
///
/// The bits of the total depend on the shards' vectors only: not on the number of ranks, not on the machines they run
/// on, not on the way the numbers travel (unless that is ``AllreduceMethod/mpi``). A round is
///
///     for each of my shards { write its sums to `slot`; add() }
///     let total = try reduce()
///
/// Everything is planned and allocated at the start; a round allocates nothing.
public final class TreeAllreduce {
  /// What is really used, for the start-up message.
  ///
  /// For instance "one rank", "shared memory", "shared memory and messages (4 nodes)", "messages", "MPI_Allreduce".
  public let path: String

  private let accumulator: ShardAccumulator
  private let transport: Transport
  /// The memory of the slots if it is not shared.
  private let memory: PrivateMemory?

  private enum Transport {
    case none
    case sharedMemory(SharedMemoryReduction)
    case messages(MessageReduction, total: ReductionSlot)
    case library(Communicator)
  }

  /// Plans the reduction of vectors of `floats` single-precision and `doubles` double-precision elements.
  ///
  /// Throws if MPI fails. If shared memory cannot be had on every node, all ranks use messages and ``path`` says why.
  ///
  /// Collective: every rank of `world` must call this, with the same arguments.
  ///
  /// - Parameter ranksPerNode: takes every so many ranks of a machine for a node of their own, to try out on one
  ///   machine what several would do.
  public init(
    world: Communicator, shards: VirtualShards, floats: Int, doubles: Int, method: AllreduceMethod = .tree,
    ranksPerNode: Int? = nil
  ) throws(MPIError) {
    let job = ReductionJob(
      world: world, shards: shards, layout: SlotLayout(floats: floats, doubles: doubles), ranksPerNode: ranksPerNode)
    let plan = job.plans[world.rank]
    var obstacle: String?
    if world.size > 1, method == .tree {
      switch try job.sharedMemory() {
      case .available(let reduction, let path):
        self.path = path
        accumulator = ShardAccumulator(plan, slots: reduction.slots)
        transport = .sharedMemory(reduction)
        memory = nil
        return
      case .unavailable(let reason):
        obstacle = reason
      }
    }

    // One vector more than the shards need: the total must survive the next round.
    let memory = PrivateMemory(bytes: (plan.slots + 1) * job.layout.stride)
    let slots = job.layout.slots(plan.slots + 1, in: memory.bytes)
    let total = slots[plan.slots]
    self.memory = memory
    accumulator = ShardAccumulator(plan, slots: slots)
    if world.size == 1 {
      path = "one rank"
      transport = .none
    } else if method == .mpi {
      path = "MPI_Allreduce"
      transport = .library(world)
    } else {
      path = obstacle.map { "messages (\($0))" } ?? "messages"
      transport = .messages(job.messages(partials: Array(accumulator.partials), total: total), total: total)
    }
  }

  /// Where the sums of the next of this rank's shards are to be written.
  ///
  /// All of it must be written: it holds what earlier rounds left. There is none after the last shard of a round.
  public var slot: ReductionSlot { accumulator.slot }

  /// Says that ``slot`` now holds the sums of the next of this rank's shards.
  ///
  /// What can be added without other ranks is added. Afterwards ``slot`` is the place of the next shard.
  public func add() { accumulator.add() }

  /// The total over all shards of all ranks, on every rank; starts a new round.
  ///
  /// It may be read, not written, until the next call of this function. All shards of this rank must have been added.
  ///
  /// Collective: every rank must call this.
  public func reduce() throws(MPIError) -> ReductionSlot {
    accumulator.finish()
    switch transport {
    case .none:
      return accumulator.takeSum()
    case .sharedMemory(let reduction):
      return try reduction.reduce()
    case .messages(let reduction, let total):
      try reduction.reduce()
      return total
    case .library(let world):
      let total = accumulator.takeSum()
      try world.allreduce(sum: total.floats)
      try world.allreduce(sum: total.doubles)
      // The library need not give all ranks the same bits: what decides on the way of training is rank 0's.
      try world.broadcast(UnsafeMutableRawBufferPointer(total.doubles), from: 0)
      return total
    }
  }

  /// Gives shared memory back before the job ends.
  ///
  /// Slots and totals must not be used afterwards.
  ///
  /// Not done by a `deinit`, because a rank that leaves by an error must not wait for the others.
  ///
  /// Collective: every rank must call this, at most once.
  public func free() throws(MPIError) {
    if case .sharedMemory(let reduction) = transport { try reduction.free() }
  }
}
