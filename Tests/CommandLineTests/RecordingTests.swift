import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// What a small network computes with, epoch by epoch, in parameters.jsonl.
  @Suite struct RecordingTests {
    /// Five epochs of three steps.
    private static let recording = [
      "train", "--model", "byhand-cnn", "--store", store("byhand_cnn_batch"), "--loss", "half_squared_error",
      "--batch-size", "4", "--learning-rate", "0.2", "--epochs", "5", "--record-parameters", "--output", "run",
      "--quiet",
    ]
    private static let checkpoints = ["--checkpoint-every", "2 steps", "--checkpoint-keep", "99"]

    /// The path of a store that comes with the program.
    static func store(_ name: String) -> String {
      BuiltProgram.digits.replacing("digits.h5", with: "\(name).h5")
    }

    private func run(_ arguments: [String], ranks: Int = 1, in folder: TemporaryFolder) throws {
      let result = try BuiltProgram.run(arguments, ranks: ranks, in: folder)
      try #require(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test(.timeLimit(.minutes(1))) func resumed() throws {
      let run = try TrainingRun()
      try self.run(Self.recording + Self.checkpoints, in: run.folder)
      let (recorded, model) = (try run.bytes("parameters.jsonl"), try run.model)
      // The head, the beginning, and the epochs.
      #expect(recorded.split(separator: UInt8(ascii: "\n")).count == 7)

      // The checkpoint stands between the last step of the second epoch and its end: gradients are not in it.
      try run.rewind(to: "step-000000006.h5")
      // As a kill leaves it, in the middle of a line.
      let file = try FileHandle(forWritingTo: URL(filePath: run.path("parameters.jsonl")))
      try file.truncate(atOffset: UInt64(recorded.count - 100))
      try file.close()
      try self.run(Self.recording + Self.checkpoints + ["--resume"], in: run.folder)
      #expect(try run.bytes("parameters.jsonl") == recorded)

      // The setting decides no result: it may be left off, and what was recorded beyond the checkpoint goes.
      try run.rewind(to: "step-000000008.h5")
      try self.run(Self.recording + ["--no-record-parameters", "--resume"], in: run.folder)
      #expect(try run.model == model)
      #expect(try run.bytes("parameters.jsonl").split(separator: UInt8(ascii: "\n")).count == 4)
    }

    @Test(.timeLimit(.minutes(1))) func sameOnAnyNumberOfRanks() throws {
      let (one, three) = (try TrainingRun(), try TrainingRun())
      try run(Self.recording, in: one.folder)
      try run(Self.recording, ranks: 3, in: three.folder)
      #expect(try one.bytes("parameters.jsonl") == three.bytes("parameters.jsonl"))
    }

    @Test(.timeLimit(.minutes(1))) func tooManyParameters() throws {
      let run = try TrainingRun("--record-parameters", "--epochs", "1")
      let result = try BuiltProgram.run(run.arguments, ranks: 2, in: run.folder)
      #expect(result.status == 65)
      #expect(
        result.messages.count == 1 && result.errors.contains("the network has 5,160 parameters"), "\(result.errors)")
      #expect(run.names().isEmpty)
    }
  }
}
