import MPI

extension Communicator {
  /// The same ranks, numbered by machine, so that the shards of a machine are contiguous; rank 0 stays.
  ///
  /// A launcher may deal ranks out in turn (`--map-by node`): then no machine could add what its ranks have.
  ///
  /// Collective: every rank must call this.
  public func numberedByNode() throws(MPIError) -> Communicator {
    let first = try splitBySharedMemory().allreduce(minimum: rank)
    return try split(color: 0, key: first * size + rank)
  }
}

/// The machines of the job and the ranks on each.
struct Nodes {
  /// The ranks of this rank's node.
  let communicator: Communicator
  /// The ranks of each node, by the smallest; `nil` if the ranks of some node are not numbered consecutively.
  let ranks: [Range<Int>]?

  /// Finds the nodes; with `ranksPerNode`, takes every so many ranks of a machine for a node of their own.
  ///
  /// Collective: every rank of `world` must call this.
  init(of world: Communicator, ranksPerNode: Int?) throws(MPIError) {
    let machine = try world.splitBySharedMemory()
    communicator = try machine.split(color: machine.rank / (ranksPerNode ?? machine.size), key: machine.rank)
    let first = try communicator.allreduce(minimum: world.rank)
    ranks = Self.ranges(firstRanks: try world.allgather(first))
  }

  /// The ranks of each node, given for every rank the smallest rank of its node; `nil` if some are not consecutive.
  static func ranges(firstRanks: [Int]) -> [Range<Int>]? {
    guard firstRanks == firstRanks.sorted() else { return nil }
    let starts = Set(firstRanks).sorted()
    return zip(starts, starts.dropFirst() + [firstRanks.count]).map { $0..<$1 }
  }
}
