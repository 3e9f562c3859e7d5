import Datasets
import Foundation
import HDF5
import TestSupport
import Testing

extension ProgramTests {
  /// The trained weights do not depend on how many ranks computed them: no tolerance.
  @Suite struct SameBitsTests {
    struct Path: CustomTestStringConvertible {
      let order: String
      let allreduce: String
      let ranks: [Int]
      var testDescription: String { "\(order), \(allreduce)" }
    }

    /// Every order on few and on many ranks; at night all of them on every number of ranks.
    static let paths = [
      Path(order: "sharded", allreduce: "tree", ranks: isNightly ? Array(2...8) : [2, 5, 8]),
      Path(order: "sharded", allreduce: "tree-messages", ranks: isNightly ? Array(2...8) : [3, 8]),
      Path(order: "global", allreduce: "tree", ranks: isNightly ? Array(2...8) : [2, 5]),
      Path(order: "global", allreduce: "tree-messages", ranks: isNightly ? Array(2...8) : [3]),
    ]

    @Test(.timeLimit(.minutes(3)), arguments: paths) func filesAreEqualByteForByte(path: Path) throws {
      let settings = ["--epochs", "5", "--order", path.order, "--allreduce", path.allreduce]
      let alone = try run(1, settings)
      #expect(alone.checkpoints == ["step-000000075.h5"])
      for ranks in path.ranks {
        let other = try run(ranks, settings)
        #expect(other.checkpoints == alone.checkpoints)
        #expect(try other.model == alone.model, "model.h5 of \(ranks) ranks")
        for name in other.names("checkpoints") {
          #expect(try other.bytes("checkpoints/\(name)") == alone.bytes("checkpoints/\(name)"), "\(ranks) ranks")
        }
        #expect(try other.metrics() == alone.metrics(), "\(ranks) ranks")
      }
    }

    /// Zeros of both signs are one number: which of them a rank meets first depends on what it has.
    @Test(.timeLimit(.minutes(2))) func zerosOfBothSigns() throws {
      let folder = try TemporaryFolder()
      var pixels = (0..<40 * 16).map { Float($0 * 7 % 17) }
      for (pixel, value) in pixels.enumerated() where value == 0 && pixel > 300 { pixels[pixel] = -0.0 }
      for sign in isNightly ? [1, -1] : [1] as [Float] {
        let samples = ImageStoreWriter.Samples(
          images: .float32(pixels.map { sign * $0 }), imageShape: [4, 4, 1],
          labels: .classes((0..<40).map { Int32($0 % 10) }))
        try ImageStoreWriter.write([.train: samples], classNames: (0..<10).map { "\($0)" }, to: folder("zeros.h5"))
        let model = """
          model={name: m, layers: [{Normalization: {range: [0, 1]}}, Flatten, {Dense: {units: 10, activation: softmax}}]}
          """
        let models = try [1, 2].map { ranks in
          let output = "run\(sign) \(ranks)"
          let result = try BuiltProgram.run(
            ["train", "--store", "zeros.h5", "--set", model, "--epochs", "1", "--output", output], ranks: ranks,
            in: folder)
          try #require(result.status == 0, "\(result.errors)")
          return try Data(contentsOf: URL(filePath: folder("\(output)/model.h5")))
        }
        #expect(models[0] == models[1], "\(sign)")
      }
    }

    /// What happens to an image is a matter of the epoch and of its place in the split, wherever it is computed.
    @Test(.timeLimit(.minutes(3)), arguments: isNightly ? ["sharded", "global"] : ["global"]) func augmentedImagesToo(
      order: String
    ) throws {
      let augmentation = """
        augmentation={rotation_range: 20, width_shift_range: 0.2, height_shift_range: 2, shear_range: 10, zoom_range: 0.2, \
        horizontal_flip: true, brightness_range: [0.8, 1.2], channel_shift_range: 1, fill_mode: reflect}
        """
      let settings = ["--epochs", "3", "--order", order]
      let alone = try run(1, settings + ["--set", augmentation])
      #expect(try alone.model != run(1, settings).model)
      for ranks in [3, 5] {
        let other = try run(ranks, settings + ["--set", augmentation])
        #expect(try other.model == alone.model, "model.h5 of \(ranks) ranks")
        #expect(try other.metrics() == alone.metrics(), "\(ranks) ranks")
      }
    }

    /// Settings that do not decide bits are in the file, so only its weights are equal; those that do change them.
    @Test(.timeLimit(.minutes(1))) func weightsAreThoseOfTheSettings() throws {
      func weights(_ ranks: Int, _ settings: String...) throws -> [String: [UInt32]] {
        let run = try run(ranks, ["--epochs", "1"] + settings)
        let weights = try File(opening: run.path("model.h5")).floats(below: "model_weights")
        #expect(weights.values.reduce(0) { $0 + $1.count } == 5160)
        return weights.mapValues { $0.map(\.bitPattern) }
      }
      let reference = try weights(1)
      #expect(try weights(3, "--allreduce", "tree-messages", "--log-every", "2", "--checkpoint-keep", "1") == reference)
      #expect(try weights(1, "--seed", "1") != reference)
      #expect(try weights(1, "--order", "global") != reference)
      #expect(try weights(1, "--virtual-shards", "4") != reference)
    }

    /// Micro-batches of 25 are enough for Winograd's algorithm in the second convolution.
    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly)) func winogradConvolutions() throws {
      let convolution = "{Conv2D: {filters: 32, kernel_size: 3, padding: same, activation: relu}}"
      try expectSameBits("[\(convolution), \(convolution), Flatten, {Dense: {units: 10, activation: softmax}}]")
    }

    /// The second convolution is over 2×2 values, one matrix product for each tap.
    @Test(.timeLimit(.minutes(2))) func tapwiseConvolutions() throws {
      let settings = "filters: 128, kernel_size: 3, padding: same, activation: relu"
      try expectSameBits(
        "[{Conv2D: {\(settings), strides: 4}}, {Conv2D: {\(settings)}}, Flatten, "
          + "{Dense: {units: 10, activation: softmax}}]")
    }

    /// On 1, 3 and 8 ranks; direct kernels give other bits, else the algorithm in question was not run.
    private func expectSameBits(_ layers: String) throws {
      func model(_ ranks: Int, _ settings: String...) throws -> Data {
        let run = try TrainingRun()
        try Data("layers: \(layers)".utf8).write(to: URL(filePath: run.folder("wide.yaml")))
        let arguments = ["--model", "wide.yaml", "--batch-size", "200", "--epochs", "2"] + settings
        let result = try BuiltProgram.run(run.arguments + arguments, ranks: ranks, in: run.folder)
        try #require(result.status == 0, "\(result.output)\(result.errors)")
        return try run.model
      }
      let alone = try model(1)
      for ranks in [3, 8] { #expect(try model(ranks) == alone, "model.h5 of \(ranks) ranks") }
      #expect(try model(1, "--convolution", "direct") != alone)
    }

    private func run(_ ranks: Int, _ settings: [String]) throws -> TrainingRun {
      let run = try TrainingRun()
      let result = try BuiltProgram.run(run.arguments + settings, ranks: ranks, in: run.folder)
      try #require(result.status == 0, "\(result.output)\(result.errors)")
      return run
    }
  }
}
