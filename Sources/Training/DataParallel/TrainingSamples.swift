import Datasets
import MPI
import NeuralNetwork

/// The training samples of this rank's shards, and how they come into its memory.
///
/// Which way is taken is a matter of how much memory there is. It changes no bit: the order in which samples are seen is
/// the same.
struct TrainingSamples {
  /// The samples.
  let samples: StoredSamples
  /// How their pixels come into memory, for the start-up message.
  let residence: Residence
  /// The memory that the ranks of the node share, if they do.
  private let window: SharedWindow?
  private let store: ImageStore
  private let order: SampleOrder
  /// Why the ranks of the node share no memory although they should.
  private let notShared: String?
  /// What the batches take that the reader thread prepares, in bytes.
  private let prepared: Int

  /// Where the pixels are.
  enum Residence: Sendable, Equatable {
    /// In this rank's memory; so many bytes.
    case memory(Int)
    /// In one copy that the ranks of the node share; so many bytes.
    case node(Int)
    /// In the file; two windows of each shard, so many bytes, are in memory.
    case windows(Int)
    /// In the file; each batch is read when it is needed.
    case file
  }

  /// Reads the samples of `shards`, or prepares to read them later.
  ///
  /// Collective: every rank of the job must call this, with the same arguments but for its shards.
  ///
  /// - Parameters:
  ///   - orders: the order of each shard's slab, of all shards.
  /// - Throws: ``ConfigurationError`` if there is not even memory for two windows; the errors of reading.
  init(
    of store: ImageStore, _ order: SampleOrder, _ layout: EpochLayout, orders: [WindowedOrder], shards: Range<Int>,
    budget: MemoryBudget
  ) throws {
    self.store = store
    self.order = order
    let split = try store.split(.train)
    let range = MicroBatchSchedule.residentSamples(order, layout, shards: shards)
    let needed = range.count * split.bytesPerImage
    // Of a rank's share the reader thread takes some for the batches that it prepares.
    prepared = BatchLoader.byteCount(largestBatch: layout.largestMicroBatch, of: split)
    try store.requireMemory(forBatches: prepared)
    let memory = budget.bytesPerRank - prepared
    var reason: String?
    if order != .sharded, budget.node.size > 1, needed <= memory * budget.node.size {
      let window: SharedWindow?
      (window, reason) = try Self.window(bytes: needed, on: budget.node)
      if let window {
        samples = try StoredSamples(of: store, split: .train, range: range, in: window.segment(of: 0))
        try samples.read(VirtualShards.part(budget.node.rank, of: range.count, among: budget.node.size))
        try window.synchronize()
        self.window = window
        residence = .node(needed)
        notShared = nil
        return
      }
    }
    window = nil
    notShared = reason
    if needed <= memory {
      samples = try StoredSamples(of: store, split: .train, range: range)
      residence = .memory(needed)
    } else if order == .sharded {
      let orders = Array(orders[shards])
      let windows = StoredSamples.byteCount(following: orders, of: split)
      guard windows <= memory else {
        throw Self.tooLittle(budget.bytesPerRank, resident: needed, windows: windows, prepared: prepared)
      }
      samples = try StoredSamples(of: store, split: .train, range: range, following: orders)
      residence = .windows(windows)
    } else {
      samples = try StoredSamples(
        of: store, split: .train, range: range, inBatchesOf: layout.largestMicroBatch)
      residence = .file
    }
  }

  /// Takes samples that are in memory already, which many trainings share.
  init(_ shared: StoredSamples, of store: ImageStore, _ order: SampleOrder, _ layout: EpochLayout) throws {
    self.store = store
    self.order = order
    samples = shared
    residence = .node(shared.byteCount)
    prepared = BatchLoader.byteCount(largestBatch: layout.largestMicroBatch, of: try store.split(.train))
    window = nil
    notShared = nil
  }

  /// What is to be said about the way that was taken; nil if it is a good one.
  var warning: String? {
    guard residence == .file, order == .global else { return nil }
    let cause =
      notShared.map { "the ranks of the node cannot share memory for the training split (\($0))" }
      ?? "the training split does not fit into memory"
    return cause
      + ", and its order jumps about in the file: every sample is read by itself; --order sharded reads whole "
      + "blocks, --memory-per-rank says how much memory there is"
  }

  /// Memory that the ranks of a node share, in one piece on the first of them; or why there is none, for all of them.
  ///
  /// Collective: every rank of `node` must call this.
  static func window(bytes: Int, on node: Communicator) throws -> (SharedWindow?, String?) {
    var window: SharedWindow?
    var reason = ""
    do throws(MPIError) {
      window = try SharedWindow(on: node, bytes: node.rank == 0 ? bytes : 0)
    } catch {
      reason = error.description
    }
    let failed = try node.allreduce(minimum: window == nil ? node.rank : node.size)
    guard failed < node.size else { return (window, nil) }
    // What others have got stays until the job ends: freeing it would take all ranks.
    return (nil, try node.broadcast(reason, from: failed))
  }

  /// The same samples for passes in stored order.
  func samplesInStoredOrder() throws -> StoredSamples {
    samples.isResident
      ? samples
      : try StoredSamples(of: store, split: .train, range: samples.range, inBatchesOf: Self.batchInStoredOrder)
  }

  /// Samples that are read together in a pass in stored order.
  static let batchInStoredOrder = 256

  /// The memory that is taken from this rank's share, in bytes.
  func byteCount(ranksOfNode: Int) -> Int {
    switch residence {
    case .memory(let bytes), .windows(let bytes): bytes + prepared
    case .node(let bytes): bytes / ranksOfNode + prepared
    case .file: prepared
    }
  }

  /// Gives shared memory back.
  ///
  /// Collective: every rank must call this when nobody uses the samples any more, at most once.
  func free() throws { try window?.free() }

  private static func tooLittle(_ budget: Int, resident: Int, windows: Int, prepared: Int) -> ConfigurationError {
    let megabyte = 1 << 20
    let needed = ByteCount(bytes: (min(resident, windows) + prepared + megabyte - 1) / megabyte * megabyte)
    func text(_ bytes: Int) -> String { ByteCount(bytes: bytes).rounded }
    return ConfigurationError(
      "the samples of this rank take \(text(resident)), two shuffle windows of each of its shards \(text(windows)), "
        + "the batches it prepares \(text(prepared)), and it has \(text(budget))", at: "memory_per_rank",
      advice: "give it --memory-per-rank \(needed), use more ranks, or --shuffle-window with less (a new run)")
  }
}

extension TrainingSamples.Residence: CustomStringConvertible {
  /// As the start-up message has it.
  var description: String {
    switch self {
    case .memory: "in memory"
    case .node: "in memory that the ranks of a node share"
    case .windows(let bytes): "streamed through \(ByteCount(bytes: bytes).rounded) a rank"
    case .file: "read from the file batch by batch"
    }
  }
}

extension WindowedOrder {
  /// The order of the slab of each shard.
  ///
  /// - Parameter window: the memory, in bytes, of samples that are shuffled together, over all shards.
  static func orders(
    of layout: EpochLayout, store: ImageStore, window: ByteCount, seed: UInt64
  ) throws -> [WindowedOrder] {
    let split = try store.split(.train)
    let blockSize = blockSize(
      rowsPerChunk: try PixelReader(of: store, split: .train).rowsPerChunk, bytesPerImage: split.bytesPerImage)
    return layout.slabs.enumerated().map { shard, slab in
      WindowedOrder(
        part: slab, blockSize: blockSize, windowSize: window.bytes / layout.shards.count / split.bytesPerImage,
        largestBatch: layout.largestMicroBatch, seed: seed, key: UInt32(shard))
    }
  }
}
