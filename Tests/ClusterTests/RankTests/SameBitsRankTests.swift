import Foundation
import Logging
import MPI
import NeuralNetwork
import Testing

@testable import Training

extension RankTests {
  /// Five epochs of the default run end with the same bits, however the job's ranks share and reduce the work.
  @MainActor @Suite struct SameBits {
    nonisolated private static let store = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "datasets/digits.h5")
      .path(percentEncoded: false)

    /// How the ranks reduce: the method, and how many ranks are taken for a node (nil: all of them are on one).
    nonisolated private static let paths: [(AllreduceMethod, Int?)] = [
      (.tree, nil), (.messages, nil), (.tree, 1), (.tree, 2), (.tree, 3),
    ]

    @Test(arguments: [SampleOrder.sharded, .global, .stored])
    func everyPathGivesTheBitsOfOneRank(order: SampleOrder) throws {
      let world = RankTests.world
      let alone: Communicator = try world.split(color: world.rank, key: 0)
      let reference = try train(order, .tree, nil, on: alone)
      #expect(Set(reference).count > 100, "the weights are trained")
      for (method, ranksPerNode) in Self.paths {
        let bits = try train(order, method, ranksPerNode, on: world)
        #expect(bits == reference, "\(method), nodes of \(ranksPerNode.map { "\($0)" } ?? "all") ranks")
      }
    }

    /// Statistics of the split, of micro-batches and of whole runs, and what is drawn at random, do not depend on ranks.
    @Test func everyKindOfLayer() throws {
      let world = RankTests.world
      let alone: Communicator = try world.split(color: world.rank, key: 0)
      var configuration = TrainingConfiguration()
      configuration.model = .description(
        ModelDescription(
          name: "everything",
          layers: [
            Normalization(range: [-1, 1]),
            Conv2D(filters: 6, kernelSize: (3, 3), padding: .full), BatchNormalization(), ReLU(),
            Residual([Conv2D(filters: 6, kernelSize: (3, 3), padding: .same), BatchNormalization()]),
            SpatialDropout2D(rate: 0.2), MaxPooling2D(), Flatten(), Dropout(rate: 0.3),
            Dense(units: 10, activation: .softmax),
          ]))
      configuration.optimizer = Choice(Adam())
      configuration.virtualShards = 11
      let reference = try train(.sharded, .tree, nil, on: alone, steps: 15, configuration)
      let found = try train(.sharded, .tree, nil, on: world, steps: 15, configuration)
      #expect(found == reference)
      #expect(try train(.sharded, .messages, 2, on: world, steps: 15, configuration) == reference)
    }

    /// The library's own reduction makes no promise, but it sums the same numbers.
    @Test func libraryReductionIsClose() throws {
      let reference = try train(.sharded, .tree, nil, on: RankTests.world).map(Float.init(bitPattern:))
      let found = try train(.sharded, .mpi, nil, on: RankTests.world, steps: 15).map(Float.init(bitPattern:))
      let tree = try train(.sharded, .tree, nil, on: RankTests.world, steps: 15).map(Float.init(bitPattern:))
      #expect(zip(found, tree).allSatisfy { abs($0 - $1) < 1e-3 })
      #expect(reference != tree)
    }

    private func train(
      _ order: SampleOrder, _ method: AllreduceMethod, _ ranksPerNode: Int?, on world: Communicator, steps: Int = 75,
      _ settings: TrainingConfiguration = TrainingConfiguration()
    ) throws -> [UInt32] {
      var configuration = settings
      configuration.store = Self.store
      configuration.epochs = steps / 15
      configuration.order = order
      configuration.allreduce = method
      let trainer = try Trainer(
        configuration, world: world, folder: nil, logger: Logger(label: "test"), ranksPerNode: ranksPerNode)
      try trainer.train()
      try trainer.free()
      return trainer.network.parameters.floats.map(\.bitPattern)
    }
  }
}
