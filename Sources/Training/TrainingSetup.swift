import Checksums
import Datasets
import MPI
import NeuralNetwork
import OneDNN

/// What a run works with: what is said at the start, and what all ranks must agree on.
public struct TrainingSetup: Sendable {
  /// The number of ranks.
  public let rankCount: Int
  /// The number of machines they run on.
  public let nodeCount: Int
  /// How gradients travel.
  public let reduction: String
  /// The store's file.
  public let storePath: String
  /// Where the training samples' pixels are, as people read it.
  public let residence: String
  /// The number of samples that are trained on.
  public let trainingSampleCount: Int
  /// The split that is evaluated after every epoch, if there is one, and how many samples it has.
  public let validation: (split: SplitName, count: Int)?
  /// The shape of a sample.
  public let imageShape: Shape
  /// What a sample should yield: a class, or numbers.
  public let targets: TargetKind
  /// SHA-256 of what identifies the store.
  public let storeFingerprint: String
  /// The network's name.
  public let modelName: String
  /// The number of layers.
  public let layerCount: Int
  /// The number of parameters.
  public let parameterCount: Int
  /// The steps of an epoch.
  public let stepsPerEpoch: Int
  /// Versions and instruction set.
  public let platform = Checkpoint.Platform.current

  /// Collects the facts.
  ///
  /// Collective: every rank of `world` must call this.
  init(
    store: ImageStore, validation: SplitName?, model: ModelDescription, layout: EpochLayout, parameterCount: Int,
    reduction: String, residence: TrainingSamples.Residence, storeFingerprint: String, world: Communicator
  ) throws {
    let split = try store.split(.train)
    rankCount = world.size
    nodeCount = try Set(world.allgather(world.splitBySharedMemory().allreduce(minimum: world.rank))).count
    self.reduction = reduction
    storePath = store.path
    self.residence = "\(residence)"
    trainingSampleCount = split.count
    self.validation = try validation.map { ($0, try store.split($0).count) }
    imageShape = Shape(split.imageShape)
    targets = TargetKind(split.labels)
    self.storeFingerprint = storeFingerprint
    modelName = model.name
    layerCount = model.layers.count
    self.parameterCount = parameterCount
    stepsPerEpoch = layout.steps
  }

  /// SHA-256 of what identifies `store`: shapes, types, classes, all labels, and some of the images.
  ///
  /// Where samples are shuffled in two levels also the size of a block: it follows from how the file is laid out, and
  /// decides the order.
  ///
  /// - Parameters:
  ///   - orders: those in which shards see their samples, if they do.
  ///   - shared: has it already where samples are not shuffled in two levels.
  public static func fingerprint(
    of store: ImageStore, _ orders: [WindowedOrder] = [], _ shared: SharedSamples? = nil
  ) throws -> String {
    if let shared, !orders.contains(where: \.isWindowed) { return shared.fingerprint }
    let digest = SHA256()
    try store.fingerprint { digest.update($0) }
    if let order = orders.first(where: \.isWindowed) {
      Array("blocks of \(order.blockSize)".utf8).withUnsafeBytes { digest.update($0) }
    }
    return digest.hexadecimal()
  }
}
