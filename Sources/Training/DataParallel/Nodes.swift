import MPI

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
