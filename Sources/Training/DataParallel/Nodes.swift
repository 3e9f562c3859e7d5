import MPI

/// The machines of the job and the ranks on each.
struct Nodes {
  /// The ranks of this rank's node.
  let communicator: Communicator
  /// The ranks of each node, by the smallest; `nil` if the ranks of some node are not numbered consecutively.
  let ranks: [Range<Int>]?

  /// Finds the nodes; with `ranksPerNode`, takes every so many consecutive ranks for a node instead.
  ///
  /// Collective: every rank of `world` must call this.
  init(of world: Communicator, ranksPerNode: Int?) throws(MPIError) {
    communicator =
      if let ranksPerNode {
        try world.split(color: world.rank / ranksPerNode, key: world.rank)
      } else {
        try world.splitBySharedMemory()
      }
    // A node goes by its smallest rank. Nodes are contiguous exactly if these names are in order.
    let first = try communicator.allreduce(minimum: world.rank)
    let firsts = try world.allgather(first)
    let starts = Set(firsts).sorted()
    let ends = starts.dropFirst() + [world.size]
    ranks = firsts == firsts.sorted() ? zip(starts, ends).map { $0..<$1 } : nil
  }
}
