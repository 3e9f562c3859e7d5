import Datasets
import Numerics

/// The order in which training sees the samples.
public enum SampleOrder: String, Codable, CaseIterable, Sendable {
  /// Each virtual shard has its own part of the split and shuffles within it: a rank reads only its shards' parts. A part
  /// that is larger than its share of the shuffle window is shuffled in two levels (`WindowedOrder`).
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
  private let shards: Range<Int>
  private let epochs: Int
  /// The epoch of the micro-batch that was handed out last, or of the first one.
  public private(set) var epoch: Int
  private var step: Int
  private var shard: Int
  /// Where each of my shards is in its part.
  private var cursors: [WindowedCursor] = []
  /// The whole split in the order of this epoch.
  private var permutation: [Int] = []
  private let seed: UInt64

  /// Starts at a step (counted from 0) of an epoch (likewise).
  ///
  /// - Parameter orders: the orders of the shards' parts, of all shards; only of use if they are what is asked for.
  public init(
    _ order: SampleOrder, _ layout: EpochLayout, orders: [WindowedOrder], shards: Range<Int>, seed: UInt64, epoch: Int,
    step: Int, epochs: Int
  ) {
    self.order = order
    self.layout = layout
    self.shards = shards
    self.seed = seed
    self.epochs = epochs
    self.epoch = epoch
    self.step = step
    shard = shards.lowerBound
    switch order {
    case .sharded:
      for shard in shards {
        let position = min(layout.position(step: step, shard: shard), orders[shard].part.count)
        cursors.append(WindowedCursor(orders[shard], epoch: epoch, position: position))
      }
    case .global:
      permutation = Array(0..<layout.samples)
      permute()
    case .stored: break
    }
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
      beginEpoch()
    }
    guard epoch < epochs, !shards.isEmpty else { return false }
    switch order {
    case .sharded:
      cursors[shard - shards.lowerBound].next(layout.positions(step: step, shard: shard).count, into: &indices)
    case .global:
      for position in layout.positions(step: step, shard: shard) { indices.append(permutation[position]) }
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
  private mutating func beginEpoch() {
    guard epoch < epochs else { return }
    for index in cursors.indices { cursors[index].begin(epoch: epoch) }
    if order == .global { permute() }
  }

  private mutating func permute() {
    for index in permutation.indices { permutation[index] = index }
    var stream = RandomStream(seed: seed, purpose: .shuffle, UInt32(epoch))
    stream.shuffle(&permutation)
  }
}
