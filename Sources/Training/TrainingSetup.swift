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
  /// The splits that are used, and how many samples they have.
  public let training: Int
  /// The split that is evaluated after every epoch, if there is one, and how many samples it has.
  public let validation: (split: SplitName, count: Int)?
  /// The shape of a sample.
  public let imageShape: Shape
  /// The number of classes; nil if labels are numbers.
  public let classCount: Int?
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

  /// Collects the facts; reads a sample of the store.
  ///
  /// Collective: every rank of `world` must call this.
  init(
    store: ImageStore, validation: SplitName?, model: ModelDescription, layout: EpochLayout, parameterCount: Int,
    reduction: String, world: Communicator
  ) throws {
    let split = try store.split(.train)
    rankCount = world.size
    nodeCount = try Set(world.allgather(world.splitBySharedMemory().allreduce(minimum: world.rank))).count
    self.reduction = reduction
    storePath = store.path
    training = split.count
    self.validation = try validation.map { ($0, try store.split($0).count) }
    imageShape = Shape(split.imageShape)
    if case .classes(let count) = split.labels { classCount = count } else { classCount = nil }
    let digest = SHA256()
    try store.fingerprint { digest.update($0) }
    storeFingerprint = digest.hexadecimal()
    modelName = model.name
    layerCount = model.layers.count
    self.parameterCount = parameterCount
    stepsPerEpoch = layout.steps
  }

  /// Checks that all ranks run the same program on the same data.
  ///
  /// Collective: every rank of `world` must call this.
  ///
  /// - Throws: ``ReplicaError`` that names the first rank that differs.
  func checkReplicas(_ configuration: TrainingConfiguration, on world: Communicator) throws {
    try ReplicaConsistency.check(platform.program, "program version", on: world)
    try ReplicaConsistency.check(platform.oneDNN, "oneDNN version", on: world)
    try ReplicaConsistency.check(platform.instructionSet, "instruction set", on: world)
    try ReplicaConsistency.check(storeFingerprint, "store (its SHA-256)", on: world)
    try ReplicaConsistency.check(
      SHA256.hexadecimal(of: Array(configuration.yaml().utf8)), "configuration (its SHA-256)", on: world)
  }
}
