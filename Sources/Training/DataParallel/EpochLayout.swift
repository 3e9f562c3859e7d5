/// How the samples of one epoch are dealt out to steps and virtual shards.
///
/// Every step but the last has exactly `batchSize` samples, the last has the rest, and every sample is in exactly one
/// micro-batch. Micro-batches may be empty: a batch can have fewer samples than there are shards.
public struct EpochLayout: Sendable, Equatable {
  /// The number of samples of the split.
  public let samples: Int
  /// The number of samples of a step, over all shards.
  public let batchSize: Int
  /// The shards that share each step.
  public let shards: VirtualShards

  /// Lays out `samples` samples in steps of `batchSize`.
  public init(samples: Int, batchSize: Int, shards: VirtualShards) {
    precondition(samples >= 0 && batchSize >= 1, "\(samples) samples in batches of \(batchSize)")
    self.samples = samples
    self.batchSize = batchSize
    self.shards = shards
  }

  /// The number of steps of an epoch.
  public var steps: Int { fullSteps + (tail > 0 ? 1 : 0) }

  /// The number of samples of step `step`, over all shards.
  public func count(ofStep step: Int) -> Int { step < fullSteps ? batchSize : tail }

  /// The positions of a micro-batch if the order is one of the whole split (`--order global` and `stored`).
  ///
  /// Step `s` takes the positions from `s * batchSize`; its shards take contiguous parts of them.
  public func positions(step: Int, shard: Int) -> Range<Int> {
    part(step: step, shard: shard).shifted(by: step * batchSize)
  }

  /// The slab of each shard if every shard has its own samples (`--order sharded`).
  ///
  /// Contiguous ranges that cover the split, as long as the shard's micro-batches together: nearly equal.
  public var slabs: [Range<Int>] {
    var start = 0
    return (0..<shards.count).map { shard in
      let full = VirtualShards.part(shard, of: batchSize, among: shards.count).count
      let last = VirtualShards.part(shard, of: tail, among: shards.count).count
      defer { start += fullSteps * full + last }
      return start..<start + fullSteps * full + last
    }
  }

  /// Where a micro-batch begins in its shard's slab (`--order sharded`), counted from the slab's start.
  public func position(step: Int, shard: Int) -> Int {
    step * VirtualShards.part(shard, of: batchSize, among: shards.count).count
  }

  /// The most samples of a micro-batch.
  public var largestMicroBatch: Int {
    VirtualShards.part(0, of: min(batchSize, samples), among: shards.count).count
  }

  private var fullSteps: Int { samples / batchSize }
  private var tail: Int { samples % batchSize }

  private func part(step: Int, shard: Int) -> Range<Int> {
    precondition((0..<steps).contains(step), "step \(step) of an epoch of \(steps)")
    return VirtualShards.part(shard, of: count(ofStep: step), among: shards.count)
  }
}

extension Range<Int> {
  fileprivate func shifted(by distance: Int) -> Self { lowerBound + distance..<upperBound + distance }
}
