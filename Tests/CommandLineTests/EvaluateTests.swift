import Foundation
import HDF5
import TestSupport
import Testing

extension ProgramTests {
  /// `evaluate` on the checkpoint of a run computes as the run did.
  @Suite struct EvaluateTests {
    /// The second convolution is wide enough for Winograd's algorithm, which rounds otherwise.
    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly)) func convolutionsOfTheRun() throws {
      let convolution = "{Conv2D: {filters: 32, kernel_size: 3, padding: same, activation: relu}}"
      let model = "model={layers: [\(convolution), \(convolution), Flatten, {Dense: {units: 10, activation: softmax}}]}"
      let run = try TrainingRun("--set", model, "--batch-size", "200", "--epochs", "1", "--convolution", "direct")
      try run.train(ranks: 2)
      func outputs(_ flags: String...) throws -> [UInt32] {
        let result = try BuiltProgram.run(["evaluate", "run", "--predictions", "p.h5"] + flags, in: run.folder)
        try #require(result.status == 0, "\(result.output)\(result.errors)")
        let file = try File(opening: run.folder("p.h5"))
        return try file.dataset(at: "predictions").values(as: Float.self).map(\.bitPattern)
      }
      let own = try outputs()
      #expect(try own == outputs("--convolution", "direct"))
      // Without AVX-512, oneDNN has no Winograd kernels for inference and takes the direct ones.
      #expect(try (own != outputs("--convolution", "auto")) == hasAVX512)
    }

    /// The run's two shards are for two ranks; another number of them can be asked for.
    @Test(.timeLimit(.minutes(1))) func virtualShardsOfTheRun() throws {
      let run = try TrainingRun("--virtual-shards", "2", "--epochs", "1")
      try run.train(ranks: 2)
      func status(_ flags: String...) throws -> Int32 {
        try BuiltProgram.run(["evaluate", "run"] + flags, ranks: 3, in: run.folder).status
      }
      #expect(try status() == 65)
      #expect(try status("--virtual-shards", "3") == 0)
    }

    @Test func unknownConvolutions() throws {
      let result = try BuiltProgram.run(
        ["evaluate", fixture("keras_digits.h5"), "--store", BuiltProgram.digits, "--convolution", "fast"],
        in: TemporaryFolder())
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.messages.count == 1 && result.messages[0].contains("convolution"), "\(result.messages)")
    }
  }
}
