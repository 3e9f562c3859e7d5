import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Steps of a run, computed again.
  @Suite struct ReplayTests {
    /// Five epochs on three ranks, with hashes of every fifth step and checkpoints after every seventh.
    private func makeRun() throws -> TrainingRun {
      let model = """
        model={name: dropout, layers: [{Conv2D: {filters: 4, kernel_size: 3}}, BatchNormalization, ReLU, Flatten, \
        {Dropout: {rate: 0.5}}, {Dense: {units: 10, activation: softmax}}]}
        """
      let run = try TrainingRun(
        "--set", model, "--set", "augmentation={rotation_range: 10}", "--optimizer", "adam", "--check-every", "5",
        "--checkpoint-every", "7 steps", "--checkpoint-keep", "99")
      try run.train(ranks: 3, "--epochs", "5")
      return run
    }

    private func replay(_ run: TrainingRun, _ step: Int, ranks: Int = 1) throws -> MPIRun.Result {
      try BuiltProgram.run(["replay", "run", "--step", "\(step)"], ranks: ranks, in: run.folder)
    }

    @Test(.timeLimit(.minutes(2))) func theSameAndNot() throws {
      let run = try makeRun()
      let before = try run.contents()
      // Before any checkpoint, in the middle, right after a checkpoint, and over the end of an epoch.
      for (step, start) in [
        (5, "the beginning, 4 steps before"), (40, "run/checkpoints/step-000000035.h5, 4 steps before"),
        (50, "run/checkpoints/step-000000049.h5"), (35, "step-000000030.h5, 4 steps before"),
      ] {
        let result = try replay(run, step)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("step \(step) is the same to the bit: gradients "), "\(result.output)")
        #expect(result.output.hasSuffix("\(start)\n"), "\(result.output)")
      }

      // A step that the log has no hash of, one there never was, and several ranks.
      let without = try replay(run, 41)
      #expect(without.status == 65)
      #expect(
        without.messages == [
          "cnn-dist: run/metrics.jsonl: it has no hash of step 41; there are 15, of steps 5 to 75; the nearest is 40"
        ])
      #expect(try replay(run, 0).status == 64)
      let several = try replay(run, 40, ranks: 2)
      #expect(several.status == 65 && several.messages.count == 1, "\(several.errors)")
      #expect(try run.contents() == before, "replaying writes nothing")

      // A bit of the log is another: the gradients, or what was before the step.
      let log = String(decoding: try run.bytes("metrics.jsonl"), as: UTF8.self)
      for (key, words) in [
        ("gradient_hash", "one of the two is wrong"), ("parameter_hash", "the fault lies before: replay earlier steps"),
      ] {
        let lines = log.split(separator: "\n").map { line -> String in
          guard line.contains("\"step\":40,"), let range = line.range(of: "\"\(key)\":\"") else { return String(line) }
          let digit = line[range.upperBound]
          return line.replacingCharacters(in: range.upperBound...range.upperBound, with: digit == "0" ? "1" : "0")
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: run.path("metrics.jsonl")))
        let result = try replay(run, 40)
        #expect(result.status == 70)
        #expect(result.messages.count == 1, "\(result.errors)")
        #expect(
          result.messages.first?.contains("step 40 is not what the run has logged: ") == true, "\(result.messages)")
        #expect(result.messages.first?.contains(words) == true, "\(result.messages)")
      }
    }

    /// Another learning rate from step 45 on: steps before were computed with the one before.
    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly)) func settingsHaveChanged() throws {
      let run = try TrainingRun("--check-every", "5", "--checkpoint-every", "7 steps", "--checkpoint-keep", "99")
      try run.train(ranks: 1, "--epochs", "3")
      try run.train(ranks: 1, "--epochs", "4", "--resume", "--learning-rate", "0.01")
      #expect(try replay(run, 55).status == 0)
      let result = try replay(run, 40)
      #expect(result.status == 70)
      #expect(result.messages.first?.contains("the run went on with other settings") == true, "\(result.errors)")
    }

    @Test func noRun() throws {
      let run = try TrainingRun()
      #expect(try replay(run, 40).status == 66)
    }

    /// Sums of MPI_Allreduce depend on the number of ranks.
    @Test(.timeLimit(.minutes(1))) func anotherReduction() throws {
      let run = try TrainingRun("--allreduce", "mpi", "--check-every", "5")
      try run.train(ranks: 2, "--epochs", "1")
      let result = try replay(run, 10)
      #expect(result.status == 65)
      #expect(result.messages.first?.contains("allreduce: tree") == true, "\(result.errors)")
    }
  }
}
