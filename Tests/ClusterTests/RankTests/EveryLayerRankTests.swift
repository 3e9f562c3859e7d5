import Datasets
import Foundation
import Logging
import MPI
import NeuralNetwork
import Numerics
import Testing

@testable import Training

extension RankTests {
  /// Every registered layer, on each of its examples, trains to the same bits on one rank and on three.
  @MainActor @Suite struct EveryLayer {
    nonisolated private static let examples = LayerRegistry.layers.flatMap { $0.examples }

    @Test func givesTheSameBits() throws {
      let world = RankTests.world
      guard [1, 3].contains(world.size) else { return }
      let alone: Communicator = try world.split(color: world.rank, key: 0)
      for example in Self.examples {
        let path = try store(for: example.input, world)
        let (model, name) = (model(of: example), example.description)
        let reference = try train(model, path, on: alone)
        #expect(try train(model, path, on: world) == reference, "\(name)")
        try world.barrier()
        if world.rank == 0 { unlink(path) }
      }
    }

    /// The layer on samples of its input's shape, and three classes after it.
    private func model(of example: LayerExample) -> ModelDescription {
      let before: [any Layer] = example.input.rank == 3 ? [] : [Reshape(example.input.dimensions)]
      return ModelDescription(
        name: "example", layers: before + [example.layer, Flatten(), Dense(units: 3, activation: .softmax)])
    }

    /// Thirteen samples: shards of a batch of five have one or none.
    private func store(for input: Shape, _ world: Communicator) throws -> String {
      let file = FileManager.default.temporaryDirectory.appending(path: "layer-\(UUID().uuidString).h5")
      let path = try world.broadcast(file.path(percentEncoded: false), from: 0)
      if world.rank == 0 {
        var stream = RandomStream(seed: 6, purpose: .sampling)
        let shape = input.rank == 3 ? input.dimensions : [1, 1, input.elementCount]
        try ImageStoreWriter.write(
          [
            .train: .init(
              images: .float32((0..<13 * input.elementCount).map { _ in stream.uniform(-1, 1) }), imageShape: shape,
              labels: .classes((0..<13).map { Int32($0 % 3) }))
          ], to: path)
      }
      try world.barrier()
      return path
    }

    private func train(_ model: ModelDescription, _ store: String, on world: Communicator) throws -> [UInt32] {
      var configuration = TrainingConfiguration()
      configuration.model = .description(model)
      configuration.store = store
      configuration.epochs = 2
      configuration.batchSize = 5
      configuration.virtualShards = 4
      configuration.optimizer = Choice(SGD(learningRate: 0.1, momentum: 0.9))
      let trainer = try Trainer(configuration, world: world, folder: nil, logger: Logger(label: "test"))
      try trainer.train()
      try trainer.free()
      return trainer.network.parameters.floats.map(\.bitPattern)
    }
  }
}
