import Datasets
import Foundation
import HDF5
import Logging
import MPI
import NeuralNetwork
import Testing

@testable import Training

/// A training through the trainer, in the stored order and from given weights: what trajectories made elsewhere are
/// compared with.
@MainActor struct TrajectoryRun {
  var configuration = TrainingConfiguration()

  init(_ model: ModelDescription, optimizer: any Optimizer, batchSize: Int, shards: Int) {
    configuration.model = .description(model)
    configuration.optimizer = Choice(optimizer)
    configuration.batchSize = batchSize
    configuration.virtualShards = shards
    configuration.order = .stored
    configuration.epochs = 1
    // Winograd kernels round otherwise; what is compared here was computed by direct ones.
    configuration.convolution = .direct
  }

  /// Trains on `samples`; all ranks of the job must call this, each with the communicator that it trains on.
  ///
  /// - Parameters:
  ///   - weights: the initial values of all parameters, one after the other.
  ///   - onStep: called after every update.
  func train(
    on samples: ImageStoreWriter.Samples, from weights: [Float], world: Communicator,
    onStep: @escaping (StepMetrics, Network) throws -> Void
  ) throws {
    let isFirst = RankTests.world.rank == 0
    let store = try RankTests.world.broadcast(isFirst ? Self.store(of: samples) : "", from: 0)
    defer { if isFirst { unlink(store) } }
    try train(onStore: store, from: weights, world: world, onStep: onStep)
    try RankTests.world.barrier()
  }

  /// Trains on the store at `path`.
  ///
  /// As the function that takes samples; `onStart` is called before the first step, and rank 0 records into `folder`.
  func train(
    onStore path: String, from weights: [Float], world: Communicator, folder: RunFolder? = nil,
    onStart: (Network) throws -> Void = { _ in }, onStep: @escaping (StepMetrics, Network) throws -> Void
  ) throws {
    var configuration = configuration
    configuration.store = path
    let trainer = try Trainer(configuration, world: world, folder: folder, logger: Logger(label: "test"))
    let network = trainer.network
    trainer.onStep = { try onStep($0, network) }
    var checkpoint = try Checkpoint(
      of: network, progress: TrainingProgress(), configuration: configuration,
      storeFingerprint: trainer.setup.storeFingerprint)
    try #require(weights.count == network.table.parameterCount)
    checkpoint.parameters = Self.split(weights, as: network.table)
    try checkpoint.restore(network)
    try onStart(network)
    try trainer.train(from: checkpoint)
    try trainer.free()
  }

  /// All parameters of `network`, one after the other.
  static func weights(of network: Network) -> [Float] {
    network.table.entries.flatMap { Array(network.parameters.floats.extracting($0.range)) }
  }

  /// What `network` puts out for the training split of the store at `path`, whose labels are values.
  static func outputs(of network: Network, forStore path: String) throws -> [Float] {
    let store = try File(opening: path)
    let images = try store.dataset(at: "/train/images").values(as: Float.self)
    let values = try store.dataset(at: "/train/labels").values(as: Float.self)
    return try images.withUnsafeBufferPointer { images in
      try values.withUnsafeBufferPointer { values in
        let count = images.count / network.inputShape.elementCount
        try network.load(NetworkBatch(count: count, images: images, values: values), for: .inference)
        _ = try network.forward()
        return Array(try network.outputs())
      }
    }
  }

  private static func split(_ weights: [Float], as table: ParameterTable) -> [[Float]] {
    var offset = 0
    return table.entries.map { entry in
      defer { offset += entry.range.count }
      return Array(weights[offset..<offset + entry.range.count])
    }
  }

  private static func store(of samples: ImageStoreWriter.Samples) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "trajectory-\(UUID().uuidString).h5")
      .path(percentEncoded: false)
    try ImageStoreWriter.write([.train: samples], to: path)
    return path
  }
}

/// The largest difference between two lists; infinite if they differ in length or anything is not a number.
func largestDifference(_ found: [Float], _ expected: [Float]) -> Float {
  guard found.count == expected.count else { return .infinity }
  let differences = zip(found, expected).map { abs($0 - $1) }
  return differences.contains { $0.isNaN } ? .infinity : differences.max() ?? 0
}
