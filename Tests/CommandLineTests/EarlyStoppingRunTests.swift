import Foundation
import HDF5
import TestSupport
import Testing

extension ProgramTests {
  /// Runs that end early: at the same epoch with the same bits on any number of ranks, at one go or resumed.
  @Suite struct EarlyStoppingRunTests {
    private static let settings = [
      "--epochs", "60", "--learning-rate", "0.1", "--patience", "3", "--set",
      "early_stopping.restore_best_weights=true",
      "--checkpoint-every", "10 steps", "--checkpoint-keep", "999",
    ]

    private func train(_ run: TrainingRun, ranks: Int, _ more: [String] = []) throws -> MPIRun.Result {
      let result = try BuiltProgram.run(run.arguments + Self.settings + more, ranks: ranks, in: run.folder)
      try #require(result.status == 0, "\(result.errors)")
      return result
    }

    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly)) func sameEndHoweverItCameThere() throws {
      let run = try TrainingRun()
      let output = try train(run, ranks: 1).output
      let reference = try FinishedRun(run)
      // Keras' rule on the losses that were logged.
      let losses = reference.metrics.compactMap { $0["validation_loss"] }
      let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
      #expect(losses.count == best + 1 + 3 && losses.count < 60)
      let said = "validation_loss has not improved since epoch \(best + 1), where it was \(losses[best])"
      #expect(output.contains("stop    \(said)\nbest    the model is that of epoch \(best + 1)\n"), "\(output)")
      let done = try String(decoding: run.bytes("done"), as: UTF8.self)
      #expect(done == "\(losses.count) epochs, \(losses.count * 15) steps: \(said)\n")

      // The model is that of the best epoch, which evaluates to what was logged there.
      let evaluated = try BuiltProgram.run(
        ["evaluate", "run", "--split", "test"], ranks: 2, in: run.folder)
      let loss = try #require(evaluated.output.firstMatch(of: /loss (\d+\.\d+)/)?.output.1)
      #expect(abs((Double(loss) ?? 0) - losses[best]) < 1e-6)

      // Resumed before the best epoch, in the midst of waiting, and in the middle of the last epoch.
      let other = try TrainingRun()
      _ = try train(other, ranks: 3)
      try reference.expectSameEnd(other)
      for step in [max(best - 1, 1) * 15, (best + 2) * 15, losses.count * 15 - 5] {
        try other.rewind(to: String(format: "step-%09d.h5", step / 10 * 10))
        _ = try train(other, ranks: 2, ["--resume"])
        try reference.expectSameEnd(other)
      }

      // Complete is complete, also for more epochs; with more patience it goes on.
      let before = try run.contents()
      let again = try train(run, ranks: 2, ["--resume", "--epochs", "70"])
      #expect(again.output.contains("training is complete: \(said); change early_stopping"), "\(again.output)")
      #expect(try run.contents() == before)
      _ = try train(run, ranks: 1, ["--resume", "--epochs", "\(losses.count + 2)", "--patience", "50"])
      #expect(try run.metrics().count { $0["epoch"] != nil } == losses.count + 2)
    }

    @Test(.timeLimit(.minutes(1))) func thresholds() throws {
      let run = try TrainingRun("--epochs", "50", "--stop-below", "1.5")
      try run.train(ranks: 2)
      let losses = try run.metrics().compactMap { $0["validation_loss"] }
      #expect(losses.dropLast().allSatisfy { $0 >= 1.5 } && (losses.last ?? 9) < 1.5 && losses.count > 1)
      let other = try TrainingRun(
        "--epochs", "50", "--metrics", "top_k", "--set", "early_stopping.monitor=val_top_k", "--set",
        "early_stopping.above=0.95")
      try other.train(ranks: 3)
      let shares = try other.metrics().compactMap { $0["validation_top_k_categorical_accuracy"] }
      #expect(shares.dropLast().allSatisfy { $0 <= 0.95 } && (shares.last ?? 0) > 0.95)
      #expect(try other.metrics().allSatisfy { $0["validation_accuracy"] == nil })
    }

    @Test func unknownMonitorIsRefused() throws {
      let run = try TrainingRun("--set", "early_stopping={monitor: validation_mae, patience: 1}")
      let result = try BuiltProgram.run(run.arguments, ranks: 3, in: run.folder)
      #expect(result.status == 65 && result.messages.count == 1, "\(result.errors)")
      #expect(
        result.messages.first?.contains(
          "this run has no 'validation_mae'; known: loss, accuracy, validation_loss, validation_accuracy") == true,
        "\(result.messages)")
      #expect(run.names().isEmpty)
    }
  }
}
