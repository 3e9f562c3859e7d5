import Numerics

/// The units of work of a run: every mini-batch is split over them, whatever the number of ranks.
///
/// Each shard's part of a batch is computed by one thread and the shards' sums are added along one fixed tree, so the
/// result does not depend on how many ranks share the work.
public struct VirtualShards: Sendable, Equatable {
  /// The number of shards.
  public let count: Int

  /// The most there can be: each is a micro-batch of its own and a slot of the reduction.
  public static let maximumCount = 4096

  /// Checks that `ranks` ranks can share `count` shards.
  ///
  /// Throws if there is no shard at all, if there are too many, or if a rank would have none.
  public init(count: Int, ranks: Int) throws(VirtualShardsError) {
    guard (1...Self.maximumCount).contains(count), ranks <= count else {
      throw VirtualShardsError(count: count, ranks: ranks)
    }
    self.count = count
  }

  /// The shards of rank `rank`: contiguous; the numbers of shards differ by at most one, the larger first.
  public func range(ofRank rank: Int, of ranks: Int) -> Range<Int> {
    precondition(ranks <= count, "\(ranks) ranks cannot share \(count) virtual shards")
    return Self.part(rank, of: count, among: ranks)
  }

  /// Splits `0..<total` into `count` contiguous parts whose sizes differ by at most one, the larger first.
  public static func parts(of total: Int, among count: Int) -> [Range<Int>] {
    (0..<count).map { part($0, of: total, among: count) }
  }

  /// Part number `index` of ``parts(of:among:)``.
  public static func part(_ index: Int, of total: Int, among count: Int) -> Range<Int> {
    precondition(total >= 0 && (0..<count).contains(index), "no part \(index) of \(total) among \(count)")
    let (size, larger) = total.quotientAndRemainder(dividingBy: count)
    let start = index * size + min(index, larger)
    return start..<start + size + (index < larger ? 1 : 0)
  }
}

/// A number of virtual shards that the ranks of this job cannot share.
public struct VirtualShardsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The number of virtual shards asked for.
  public let count: Int
  /// The number of ranks of the job.
  public let ranks: Int

  /// What is wrong and what to try.
  public var description: String {
    count > VirtualShards.maximumCount
      ? "a run has at most \(VirtualShards.maximumCount) virtual shards, found \(count); use fewer"
      : count < 1
        ? "a run needs at least 1 virtual shard, found \(count); use --virtual-shards \(max(8, ranks))"
        : "\(Text.count(ranks, "rank")) cannot share \(Text.count(count, "virtual shard")), each rank needs one; "
          + "use --virtual-shards \(ranks) (a new run, other bits) or at most \(Text.count(count, "rank"))"
  }
}
