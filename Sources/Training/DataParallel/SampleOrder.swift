import Datasets
import Numerics

/// The order in which training sees the samples.
public enum SampleOrder: String, Codable, CaseIterable, Sendable {
  /// Each virtual shard has its own part of the split and shuffles within it: a rank reads only its shards' parts.
  case sharded
  /// The whole split is shuffled for every epoch, as Keras does.
  case global
  /// The stored order, for comparisons with Keras.
  case stored
}

/// The micro-batches of one rank's shards from some step of training to its end, as the reader thread asks for them.
///
/// For each step one micro-batch a shard, in the order of the shards; the same whatever ranks the shards are on.
public struct MicroBatchSchedule: BatchSchedule {
  private let order: SampleOrder
  private let layout: EpochLayout
  private let slabs: [Range<Int>]
  private let shards: Range<Int>
  private let seed: UInt64
  private let epochs: Int
  /// The epoch of the micro-batch that was handed out last, or of the first one.
  public private(set) var epoch: Int
  private var step: Int
  private var shard: Int
  // Sample numbers in the order of this epoch: one list for all shards, or one for each of mine.
  private var permutations: [[Int]] = []

  /// Starts at a step (counted from 0) of an epoch (likewise).
  public init(
    _ order: SampleOrder, _ layout: EpochLayout, shards: Range<Int>, seed: UInt64, epoch: Int, step: Int, epochs: Int
  ) {
    self.order = order
    self.layout = layout
    self.shards = shards
    self.seed = seed
    self.epochs = epochs
    self.epoch = epoch
    self.step = step
    slabs = layout.slabs
    shard = shards.lowerBound
    switch order {
    case .sharded: permutations = shards.map { [slabs] in Array(slabs[$0]) }
    case .global: permutations = [Array(0..<layout.samples)]
    case .stored: break
    }
    permute()
  }

  /// The samples that a rank with these shards needs to have at hand.
  public static func residentSamples(_ order: SampleOrder, _ layout: EpochLayout, shards: Range<Int>) -> Range<Int> {
    guard order == .sharded, let first = shards.first, let last = shards.last else { return 0..<layout.samples }
    return layout.slabs[first].lowerBound..<layout.slabs[last].upperBound
  }

  /// Appends the samples of the next micro-batch; returns false after the last epoch.
  public mutating func next(into indices: inout [Int]) -> Bool {
    if step == layout.steps {
      step = 0
      epoch += 1
      permute()
    }
    guard epoch < epochs, !shards.isEmpty else { return false }
    switch order {
    case .sharded:
      let slab = permutations[shard - shards.lowerBound]
      for position in layout.positionsInSlab(step: step, shard: shard) { indices.append(slab[position]) }
    case .global:
      for position in layout.positions(step: step, shard: shard) { indices.append(permutations[0][position]) }
    case .stored:
      for position in layout.positions(step: step, shard: shard) { indices.append(position) }
    }
    shard += 1
    if shard == shards.upperBound {
      shard = shards.lowerBound
      step += 1
    }
    return true
  }

  /// Shuffles for the present epoch, in the memory of the one before: an epoch's end allocates nothing.
  private mutating func permute() {
    guard epoch < epochs else { return }
    switch order {
    case .sharded:
      for index in permutations.indices {
        let shard = shards.lowerBound + index
        Self.shuffle(&permutations[index], slabs[shard], seed, epoch, shard: shard)
      }
    case .global: Self.shuffle(&permutations[0], 0..<layout.samples, seed, epoch, shard: 0)
    case .stored: break
    }
  }

  // Not a method: a copy of the schedule would share the permutation's memory, which would then be copied.
  private static func shuffle(
    _ samples: inout [Int], _ range: Range<Int>, _ seed: UInt64, _ epoch: Int, shard: Int
  ) {
    for index in samples.indices { samples[index] = range.lowerBound + index }
    var stream = RandomStream(seed: seed, purpose: .shuffle, UInt32(epoch), UInt32(shard))
    stream.shuffle(&samples)
  }
}
