import Datasets
import MPI
import NeuralNetwork

/// A store that many trainings read one after the other: opened once, its pixels in memory once per node.
///
/// A split that does not fit into the memory there is stays in the file; a training then reads it as if alone.
public final class SharedSamples {
  /// Where the samples lie.
  public let selection: StoreSelection
  /// The store.
  public let store: ImageStore
  /// SHA-256 of what identifies the store.
  public let fingerprint: String
  /// The pixels in memory, of all splits, in bytes a node.
  public let bytesPerNode: Int
  /// What is left for a rank that reads other samples, or those that do not fit.
  public let memoryLeftPerRank: ByteCount
  /// What is to be said if not all samples are in memory; nil if they are.
  public let warning: String?
  private let splits: [SplitName: StoredSamples]
  private let windows: [SharedWindow]

  /// Opens the store and reads it: each rank of a node its part.
  ///
  /// Collective: every rank of `world` must call this, with the same arguments.
  ///
  /// - Parameters:
  ///   - memoryPerRank: what a rank may use for samples; nil for what ``MemoryBudget`` takes.
  ///   - watch: is told what this rank does.
  /// - Throws: what opening and reading throw.
  public init(
    _ selection: StoreSelection, memoryPerRank: ByteCount?, on world: Communicator, _ watch: JobWatch = JobWatch()
  ) throws {
    self.selection = selection
    let store = try watch.rankZeroFirst(of: world) { try ImageStore(opening: selection) }
    self.store = store
    fingerprint = try TrainingSetup.fingerprint(of: store, [])
    try ReplicaConsistency.check(fingerprint, "store (its SHA-256)", on: world)
    let budget = try MemoryBudget(memoryPerRank, on: world)
    var left = budget.bytesPerRank * budget.node.size
    var splits: [SplitName: StoredSamples] = [:]
    var windows: [SharedWindow] = []
    var reasons: [String] = []
    for name in SplitName.allCases {
      guard let split = store.splits[name] else { continue }
      let bytes = split.count * split.bytesPerImage
      guard bytes <= left else {
        reasons.append("the \(name.rawValue) split takes \(ByteCount(bytes: bytes).rounded)")
        continue
      }
      let (room, reason) = try TrainingSamples.window(bytes: bytes, on: budget.node)
      guard let window = room else {
        if let reason { reasons.append(reason) }
        continue
      }
      let samples = try StoredSamples(of: store, split: name, range: 0..<split.count, in: window.segment(of: 0))
      try watch.whileStarting {
        try samples.read(VirtualShards.part(budget.node.rank, of: split.count, among: budget.node.size))
      }
      try window.synchronize()
      left -= bytes
      splits[name] = samples
      windows.append(window)
    }
    self.splits = splits
    self.windows = windows
    warning =
      reasons.isEmpty
      ? nil
      : "not all samples are in memory once per node (\(reasons.joined(separator: "; "))): each trial reads them by itself"
    bytesPerNode = splits.values.reduce(0) { $0 + $1.byteCount }
    memoryLeftPerRank = ByteCount(bytes: max(left / budget.node.size, 1))
  }

  /// All samples of a split; nil if they are not in memory.
  func samples(of split: SplitName) -> StoredSamples? { splits[split] }

  /// Gives the memory back.
  ///
  /// Collective: every rank must call this when nobody uses the samples any more, at most once.
  public func free() throws {
    for window in windows { try window.free() }
  }
}
