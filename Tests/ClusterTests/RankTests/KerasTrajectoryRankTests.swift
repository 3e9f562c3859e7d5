import Datasets
import Foundation
import HDF5
import MPI
import NeuralNetwork
import Testing

@testable import Training

extension RankTests {
  /// Trainings as Keras did them, from Keras' initial weights, on Keras' data and order, made with Keras 3.15.1 on
  /// TensorFlow 2.21.0.
  @MainActor @Suite struct KerasTrajectory {
    nonisolated private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Golden")

    // MARK: Five epochs of the digits network: Golden/w1_digits_sgd_l2.h5

    // Between float32 and float64 Keras parts by 4e-7 in the losses and 3e-7 in the weights, so 1e-5 leaves room for other
    // sums and for nothing else.

    /// One shard computes what Keras computes; only one rank can share it, so each rank trains alone.
    @Test func digitsWithOneShard() throws {
      try digits(shards: 1, world: alone(), tolerance: 1e-5)
    }

    @Test(arguments: [AllreduceMethod.tree, .messages])
    func digitsWithEightShards(method: AllreduceMethod) throws {
      try digits(shards: 8, world: RankTests.world, method: method, tolerance: 1e-4)
    }

    private func digits(
      shards: Int, world: Communicator, method: AllreduceMethod = .tree, tolerance: Double
    ) throws {
      let golden = try File(opening: Self.golden.appending(path: "w1_digits_sgd_l2.h5").path(percentEncoded: false))
      var digits = CourseModels.digits.description
      digits.l2 = 0.001
      var run = TrajectoryRun(digits, optimizer: SGD(learningRate: 0.1), batchSize: 100, shards: shards)
      run.configuration.epochs = 5
      run.configuration.allreduce = method
      let pixels = try golden.dataset(at: "x").values(as: UInt8.self)
      let samples = ImageStoreWriter.Samples(
        images: .float32(pixels.map { Float($0) / 16 }), imageShape: [8, 8, 1],
        labels: .classes(try golden.dataset(at: "y").values()))

      var losses: [Double] = []
      var final: [Float] = []
      try run.train(on: samples, from: Self.weights(of: golden, "initial"), world: world) { step, network in
        losses.append(step.loss)
        final = TrajectoryRun.weights(of: network)
      }
      let expectedLosses = try golden.dataset(at: "loss").values(as: Double.self)
      #expect(losses.count == 75)
      for (step, (loss, expected)) in zip(losses, expectedLosses).enumerated() {
        #expect(abs(loss - expected) < tolerance * expected, "step \(step): \(loss), expected \(expected)")
      }
      #expect(largestDifference(final, try Self.weights(of: golden, "final")) < Float(tolerance))
    }

    private static func weights(of file: borrowing File, _ group: String) throws -> [Float] {
      var weights: [Float] = []
      for layer in try file.children(of: group) {
        // Keras' order of a layer's weights.
        for name in ["kernel", "bias"] {
          weights += try file.dataset(at: "\(group)/\(layer)/\(name)").values(as: Float.self)
        }
      }
      return weights
    }

    // MARK: The mnist network on Fashion-MNIST: Golden/w2_fashion.h5

    @Test(arguments: ["sgd", "rmsprop"])
    func fashionWithOneShard(optimizer: String) throws {
      try fashion(optimizer, shards: 1, world: alone())
    }

    @Test(arguments: 2...8)
    func fashionWithGradientDescent(shards: Int) throws {
      guard shards >= RankTests.world.size else { return }
      try fashion("sgd", shards: shards, world: RankTests.world)
    }

    /// Only with the default number of shards all steps are those of Keras.
    ///
    /// From the second update on, windows of the second pooling have two values that are equal but for their rounding, and
    /// which is the larger depends on the order of sums: float32 and float64 Keras differ in one such window, 4, 5 and 7
    /// shards in another. RMSprop divides small gradients by their size, and so the effect grows: their losses are 1e-5 to
    /// 3e-3 off from the fourth step on.
    @Test(arguments: 2...8)
    func fashionWithRMSprop(shards: Int) throws {
      guard shards >= RankTests.world.size else { return }
      try fashion("rmsprop", shards: shards, world: RankTests.world, stepsBeforeTies: shards == 8 ? nil : 3)
    }

    /// The first steps, until float32 and float64 Keras part by the file's tolerance, and the weights of the last step before.
    ///
    /// There the weights of the two are the file's spread apart. Another float32 program may be as far off on the other
    /// side: twice the spread is allowed.
    private func fashion(
      _ optimizer: String, shards: Int, world: Communicator, stepsBeforeTies: Int? = nil
    ) throws {
      let golden = try File(opening: Self.golden.appending(path: "w2_fashion.h5").path(percentEncoded: false))
      let settings = Data(try golden.attribute("optimizer", of: optimizer, as: String.self).utf8)
      let batchSize: Int = try golden.attribute("batch_size", of: "/")
      let run = TrajectoryRun(
        CourseModels.mnist.description,
        optimizer: try JSONDecoder().decode(Choice<OptimizerRegistry>.self, from: settings).value,
        batchSize: batchSize, shards: shards)
      let expectedLosses = try golden.dataset(at: "\(optimizer)/losses").values(as: Double.self)
      let count = expectedLosses.count * batchSize
      let pixels = try golden.dataset(at: "x").values(rows: 0..<count, as: UInt8.self)
      let samples = ImageStoreWriter.Samples(
        images: .float32(pixels.map { Float($0) / 255 }), imageShape: [28, 28, 1],
        labels: .classes(try golden.dataset(at: "y").values(rows: 0..<count)))

      let checkpointStep: Int = try golden.attribute("checkpoint_step", of: optimizer)
      var losses: [Double] = []
      var checkpoint: [Float] = []
      try run.train(on: samples, from: golden.dataset(at: "initial").values(), world: world) { step, network in
        losses.append(step.loss)
        if step.step == checkpointStep { checkpoint = TrajectoryRun.weights(of: network) }
      }
      #expect(losses.count == expectedLosses.count)
      let tolerance: Double = try golden.attribute("loss_tolerance", of: optimizer)
      for (step, (loss, expected)) in zip(losses, expectedLosses).enumerated() {
        let allowed = step < stepsBeforeTies ?? losses.count ? tolerance : 1e-2
        #expect(abs(loss - expected) < allowed * expected, "step \(step): \(loss), expected \(expected)")
      }
      guard stepsBeforeTies == nil else { return }
      let spread: Double = try golden.attribute("checkpoint_spread", of: optimizer)
      let difference = largestDifference(checkpoint, try golden.dataset(at: "\(optimizer)/checkpoint").values())
      #expect(Double(difference) < 2 * spread)
    }

    /// This rank, for trainings that only one can do.
    private func alone() throws -> Communicator { try RankTests.world.split(color: RankTests.world.rank, key: 0) }
  }
}
