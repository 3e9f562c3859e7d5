import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

extension RankTests {
  /// The networks that the course documents work by hand, trained by the trainer on the stores in datasets/.
  ///
  /// Golden/byhand_*.json was computed in double precision by the documents' own programs; each value is the one before the
  /// update of its epoch. Hidden layers are sigmoids, outputs linear, the loss is ½(ŷ - y)². In float32, weights of magnitude
  /// one have a rounding of 6e-8, and descent to a minimum forgets it: 1e-5 is allowed.
  @MainActor @Suite struct ByHand {
    /// Three inputs, two hidden neurons, one output; one sample.
    @Test func fullyConnected() throws {
      struct Epoch: Decodable {
        struct Activations: Decodable { let y6: Float }
        let params: [String: Float]
        let activations: Activations
      }
      let epochs = try Self.epochs(Epoch.self, of: "byhand_ann")
      try compare(
        CourseModels.byHandNetwork, "byhand_ann",
        weights: epochs.mapValues { epoch in
          // Keras' order: kernel [input, output], bias, layer by layer.
          ["w14", "w15", "w24", "w25", "w34", "w35", "b4", "b5", "w46", "w56", "b6"].compactMap { epoch.params[$0] }
        }, outputs: epochs.mapValues { [$0.activations.y6] })
    }

    /// Five inputs, a kernel of three, one output; one sample.
    @Test func convolutionalWithOneSample() throws {
      struct Epoch: Decodable {
        struct Activations: Decodable { let o12: Float }
        let params: [String: Float]
        let activations: Activations
      }
      let epochs = try Self.epochs(Epoch.self, of: "byhand_cnn_single")
      try compareConvolutional(
        "byhand_cnn_single", parameters: epochs.mapValues(\.params),
        outputs: epochs.mapValues { [$0.activations.o12] })
    }

    /// Ten samples in one batch: with eight shards, two of two samples and six of one.
    @Test func convolutionalWithABatch() throws {
      struct Epoch: Decodable {
        let params: [String: Float]
        let yhat: [Float]
      }
      let epochs = try Self.epochs(Epoch.self, of: "byhand_cnn_batch")
      try compareConvolutional(
        "byhand_cnn_batch", parameters: epochs.mapValues(\.params), outputs: epochs.mapValues(\.yhat))
    }

    private func compareConvolutional(
      _ name: String, parameters: [Int: [String: Float]], outputs: [Int: [Float]]
    ) throws {
      try compare(
        CourseModels.byHandConvolution, name,
        weights: parameters.mapValues { values in
          ["w6", "w7", "w8", "bconv", "w9", "w10", "w11", "b12"].compactMap { values[$0] }
        }, outputs: outputs)
    }

    /// Trains on all samples at once with learning rate 0.2; `weights` and `outputs` are by the number of updates before.
    private func compare(
      _ model: CourseModel, _ name: String, weights: [Int: [Float]], outputs: [Int: [Float]]
    ) throws {
      // A thousand reductions are slow where ranks share cores; that more ranks give the same bits is tested elsewhere.
      guard RankTests.world.size <= 3 else { return }
      #expect(Set(weights.keys) == [0, 1, 2, 10, 100, 999])
      let store = Self.root.appending(path: "datasets/\(name).h5").path(percentEncoded: false)
      var run = TrajectoryRun(
        model.description, optimizer: SGD(learningRate: 0.2), batchSize: 10, shards: 8)
      run.configuration.loss = Choice<LossRegistry>(HalfSquaredError())
      run.configuration.epochs = 999
      // Recording brings every epoch to the disk, which takes time; that it is the same on more ranks is tested elsewhere.
      let folder = try RankTests.world.size == 1 ? TemporaryFolder() : nil
      run.configuration.recordParameters = folder != nil
      let initial = try #require(weights[0])
      var compared: Set<Int> = []
      func compare(_ network: Network, updates: Int) throws {
        guard let expected = weights[updates] else { return }
        let difference = largestDifference(TrajectoryRun.weights(of: network), expected)
        #expect(difference < 1e-5, "weights at epoch \(updates)")
        let found = try TrajectoryRun.outputs(of: network, forStore: store)
        #expect(largestDifference(found, outputs[updates] ?? []) < 1e-5, "outputs at epoch \(updates)")
        compared.insert(updates)
      }
      try run.train(
        onStore: store, from: initial, world: RankTests.world, folder: folder.map { RunFolder($0("run")) },
        onStart: { try compare($0, updates: 0) }, onStep: { try compare($1, updates: $0.step) })
      #expect(compared == Set(weights.keys))
      guard let folder else { return }
      try compareRecorded(folder("run/parameters.jsonl"), weights, outputs)
    }

    private struct Recorded: Decodable {
      let step: Int
      let epoch: Int?
      let parameters: [[Float]]?
      let gradients: [[Float]]?
      let outputs: [[[Float]]]?
    }

    /// Every epoch has a line with what it ended with, and with the gradients that led there.
    private func compareRecorded(_ path: String, _ weights: [Int: [Float]], _ outputs: [Int: [Float]]) throws {
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        .map { try JSONDecoder().decode(Recorded.self, from: Data($0.utf8)) }
      let epochs = Array(lines.dropFirst())
      #expect(epochs.map(\.epoch) == Array(0...999) && epochs.map(\.step) == Array(0...999))
      for (epoch, expected) in weights {
        let parameters = epochs[epoch].parameters ?? []
        #expect(largestDifference(parameters.flatMap { $0 }, expected) < 1e-5, "recorded weights of epoch \(epoch)")
        let found = epochs[epoch].outputs?.last?.flatMap { $0 } ?? []
        #expect(largestDifference(found, outputs[epoch] ?? []) < 1e-5, "recorded outputs of epoch \(epoch)")
      }
      #expect(epochs[0].gradients == nil)
      for (before, after) in zip(epochs, epochs.dropFirst()) {
        let (old, new) = (before.parameters?.flatMap { $0 } ?? [], after.parameters?.flatMap { $0 } ?? [])
        let moved = zip(old, after.gradients?.flatMap { $0 } ?? []).map { $0 - 0.2 * $1 }
        #expect(largestDifference(moved, new) < 1e-6, "recorded gradients of epoch \(after.step)")
      }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()

    private struct Golden<Epoch: Decodable>: Decodable { let epochs: [Int: Epoch] }

    private static func epochs<T: Decodable>(_ type: T.Type, of name: String) throws -> [Int: T] {
      let url = root.appending(path: "Tests/ClusterTests/Golden/\(name).json")
      return try JSONDecoder().decode(Golden<T>.self, from: Data(contentsOf: url)).epochs
    }
  }
}
