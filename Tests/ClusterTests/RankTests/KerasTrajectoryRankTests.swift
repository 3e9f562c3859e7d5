import Datasets
import Foundation
import HDF5
import Logging
import MPI
import NeuralNetwork
import Testing

@testable import Training

extension RankTests {
  /// Five epochs of the digits network as Keras trained it, from Keras' initial weights, on Keras' data and order.
  ///
  /// Golden/w1_digits_sgd_l2.h5 was made with Keras 3.15.1 on TensorFlow 2.21.0. Between float32 and float64 Keras parts by
  /// 4e-7 in the losses and 3e-7 in the weights, so 1e-5 leaves room for other sums and for nothing else.
  @MainActor @Suite struct KerasTrajectory {
    nonisolated private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Golden/w1_digits_sgd_l2.h5").path(percentEncoded: false)
    nonisolated private static let model = ModelDescription(
      name: "sequential", l2: 0.001,
      layers: [
        Conv2D(filters: 10, kernelSize: (3, 3), activation: .relu), MaxPooling2D(), Flatten(),
        Dense(units: 50, activation: .relu), Dense(units: 10, activation: .softmax),
      ])

    /// One shard computes what Keras computes; only one rank can share it, so each rank trains alone.
    @Test func oneShard() throws {
      let alone: Communicator = try RankTests.world.split(color: RankTests.world.rank, key: 0)
      try compare(shards: 1, world: alone, lossTolerance: 1e-5, weightTolerance: 1e-5)
    }

    @Test(arguments: [AllreduceMethod.tree, .messages])
    func eightShards(method: AllreduceMethod) throws {
      try compare(shards: 8, world: RankTests.world, method: method, lossTolerance: 1e-4, weightTolerance: 1e-4)
    }

    private func compare(
      shards: Int, world: Communicator, method: AllreduceMethod = .tree, lossTolerance: Double, weightTolerance: Float
    ) throws {
      let golden = try File(opening: Self.golden)
      var configuration = TrainingConfiguration()
      configuration.model = .description(Self.model)
      let isFirst = RankTests.world.rank == 0
      configuration.store = try RankTests.world.broadcast(isFirst ? Self.store(from: golden) : "", from: 0)
      defer { if isFirst { unlink(configuration.store) } }
      configuration.epochs = 5
      configuration.optimizer = Choice(SGD(learningRate: 0.1))
      configuration.virtualShards = shards
      configuration.order = .stored
      configuration.allreduce = method
      let trainer = try Trainer(configuration, world: world, folder: nil, logger: Logger(label: "test"))

      var losses: [Double] = []
      trainer.onStep = { losses.append($0.loss) }
      var checkpoint = try Checkpoint(
        of: trainer.network, progress: TrainingProgress(), configuration: configuration,
        storeFingerprint: trainer.setup.storeFingerprint)
      checkpoint.parameters = try Self.weights(of: golden, "initial")
      try trainer.train(from: checkpoint)
      try trainer.free()
      try RankTests.world.barrier()

      let expectedLosses = try golden.dataset(at: "loss").values(as: Double.self)
      #expect(losses.count == 75)
      for (step, (loss, expected)) in zip(losses, expectedLosses).enumerated() {
        #expect(abs(loss - expected) < lossTolerance * expected, "step \(step): \(loss), expected \(expected)")
      }
      for (entry, expected) in zip(trainer.network.table.entries, try Self.weights(of: golden, "final")) {
        let found = Array(trainer.network.parameters.floats.extracting(entry.range))
        let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(difference < weightTolerance, "\(entry.layerName)/\(entry.specification.name): off by \(difference)")
      }
    }

    private static func weights(of file: borrowing File, _ group: String) throws -> [[Float]] {
      var weights: [[Float]] = []
      for layer in try file.children(of: group) {
        // Keras' order of a layer's weights.
        for name in ["kernel", "bias"] {
          weights.append(try file.dataset(at: "\(group)/\(layer)/\(name)").values(as: Float.self))
        }
      }
      return weights
    }

    /// The golden images, divided as Keras had them, as a store.
    private static func store(from golden: borrowing File) throws -> String {
      let bytes = try golden.dataset(at: "x").values(as: UInt8.self)
      let labels = try golden.dataset(at: "y").values(as: Int32.self)
      let path = FileManager.default.temporaryDirectory.appending(path: "w1-\(UUID().uuidString).h5")
        .path(percentEncoded: false)
      let samples = ImageStoreWriter.Samples(
        images: .float32(bytes.map { Float($0) / 16 }), imageShape: [8, 8, 1], labels: .classes(labels))
      try ImageStoreWriter.write([.train: samples], to: path)
      return path
    }
  }
}
