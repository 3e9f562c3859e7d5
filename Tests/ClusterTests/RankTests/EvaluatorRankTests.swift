import Datasets
import Foundation
import MPI
import NeuralNetwork
import OneDNN
import Testing

@testable import Training

extension RankTests {
  /// Loss and metrics of a split have the same bits however many ranks evaluate it, and count every sample once.
  @MainActor @Suite struct EvaluatorMetrics {
    /// More samples than a forward pass takes for some shards; not one for each shard; fewer than shards.
    @Test(arguments: [2100, 21, 5]) func classes(count: Int) throws {
      let pixels = (0..<count * 16).map { Float(($0 * 7919) % 101) / 50 - 1 }
      let labels = (0..<count).map { Int32($0 * 13 % 7 % 3) }
      let dense = Dense(units: 3, activation: .softmax)
      let result = try compare(
        .init(images: .float32(pixels), imageShape: [4, 4, 1], labels: .classes(labels)), dense,
        CategoricalCrossentropy(),
        [Accuracy(), TopKCategoricalAccuracy(k: 2), ConfusionMatrix(), MeanSquaredError(), R2Score()])
      guard case .table(let table) = result.results[2].value, case .share(let hits, _) = result.results[0].value else {
        Issue.record("accuracy is a share and the confusion matrix a table")
        return
      }
      #expect(table.map { $0.reduce(0, +) } == (0..<3).map { row in labels.count { $0 == row } })
      #expect((0..<3).reduce(0) { $0 + table[$1][$1] } == hits && result.count == count)
    }

    @Test(arguments: [2100, 21, 5]) func numbers(count: Int) throws {
      let pixels = (0..<count * 16).map { Float(($0 * 7919) % 101) / 50 - 1 }
      let values = (0..<count * 2).map { Float(($0 * 31) % 17) / 8 }
      let result = try compare(
        .init(images: .float32(pixels), imageShape: [4, 4, 1], labels: .values(values, width: 2)), Dense(units: 2),
        MeanSquaredError(), [MeanSquaredError(), MeanAbsoluteError(), R2Score()])
      // The loss is a mean of the same errors, summed in batches in another order; there is no penalty.
      #expect(abs((result["mean_squared_error"] ?? 0) - result.loss) < 1e-12 * result.loss)
    }

    private func compare(
      _ samples: ImageStoreWriter.Samples, _ dense: Dense, _ loss: any Loss, _ metrics: [any Metric]
    ) throws -> EvaluationMetrics {
      let world = RankTests.world
      let file = FileManager.default.temporaryDirectory.appending(path: "evaluator-\(UUID().uuidString).h5")
      let path = try world.broadcast(file.path(percentEncoded: false), from: 0)
      if world.rank == 0 { try ImageStoreWriter.write([.train: samples], to: path) }
      try world.barrier()
      let store = try ImageStore(opening: path)
      try world.barrier()
      if world.rank == 0 { unlink(path) }
      let network = try Network(
        ModelDescription(name: "small", l2: 0, layers: [Flatten(), dense]), input: Shape([4, 4, 1]), loss: loss,
        on: Engine())
      network.table.initialize(network.parameters, seed: 3)
      try network.parametersChanged()
      func evaluate(_ world: Communicator, _ method: AllreduceMethod) throws -> EvaluationMetrics {
        let evaluator = try Evaluator(
          network, store: store, split: .train, metrics: metrics, shards: VirtualShards(count: 8, ranks: world.size),
          method: method, world: world)
        let first = try evaluator.evaluate()
        #expect(try evaluator.evaluate() == first, "sums begin at zero every time")
        try evaluator.free()
        return first
      }
      let alone = try evaluate(world.split(color: world.rank, key: 0), .tree)
      for method in [AllreduceMethod.tree, .messages] {
        let found = try evaluate(world, method)
        // `==` on doubles is equality of bits but for zeros.
        #expect(found == alone, "\(method)")
      }
      return alone
    }
  }
}
