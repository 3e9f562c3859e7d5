import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Every setting that a resume may change, wherever training stood: it is refused, or training ends as one that had the
  /// settings from the beginning, or goes on where no such training can be the same.
  @Suite struct ResumeChangeTests {
    /// What is right for a run that is resumed with other settings.
    enum Right: Sendable {
      /// The bytes of a run that had the settings from its beginning.
      case same
      /// The past was trained with other settings: the run ends, and that is all.
      case goesOn
      /// Nothing changes, exit 65, and the message has these words.
      case refused(String)
    }

    /// Where training stood: 5 steps an epoch, 4 epochs.
    enum Cursor: Int, CaseIterable, Sendable {
      case within = 8, end = 10, late = 13, done = 20
    }

    struct Change: Sendable, CustomTestStringConvertible {
      let flags: [String]
      let right: @Sendable (Cursor) -> Right

      init(_ flags: String..., right: @escaping @Sendable (Cursor) -> Right = { _ in .same }) {
        (self.flags, self.right) = (flags, right)
      }

      var testDescription: String { flags.joined(separator: " ") }
    }

    private static let settings = [
      "--batch-size", "300", "--epochs", "4", "--checkpoint-every", "1 steps", "--checkpoint-keep", "99",
      "--set", "optimizer={name: adam, learning_rate: 0.01}",
      // Few enough parameters to be recorded.
      "--set",
      "model={name: small, layers: [{AveragePooling2D: {pool_size: 4}}, Flatten, {Dense: {units: 10, activation: softmax}}]}",
    ]
    private static let base = Result { try FinishedRun(settings) }

    /// Epochs that end before, where, and after training stood.
    private static func epochs(_ count: Int) -> Change {
      Change("--epochs", "\(count)") { cursor in
        switch cursor {
        case .done where count < 4: .refused("4 epochs behind it, asked for are \(count)")
        case .late where count < 3: .refused("within epoch 3, 3 of 5 steps, asked for are \(count)")
        case .within where count < 2: .refused("within epoch 2, 3 of 5 steps, asked for are \(count)")
        case .end where count < 2: .refused("2 epochs behind it, asked for are \(count)")
        default: .same
        }
      }
    }

    /// Nothing is left to train by other rules when training is done.
    private static func unlessDone(_ right: Right) -> @Sendable (Cursor) -> Right {
      { $0 == .done ? .refused("nothing is left to train") : right }
    }

    private static let whereItGoesOn: @Sendable (Cursor) -> Right = { _ in .goesOn }

    static let changes: [Change] = [
      epochs(1), epochs(2), epochs(3), epochs(4), epochs(6),
      // A run that had the rule from its beginning would have ended before.
      Change("--stop-below", "100") { _ in .refused("validation_loss") },
      // An end that does not come, or later; of what is looked at the best epoch is known.
      Change("--stop-below", "1e-9", right: unlessDone(.same)), Change("--patience", "3", right: unlessDone(.same)),
      Change("--stop-below", "1e-9", "--epochs", "5"),
      // What the past was, or its parameters, is not known.
      Change("--patience", "3", "--set", "early_stopping.monitor=loss", right: unlessDone(.goesOn)),
      // Another least change makes another epoch the best one.
      Change("--patience", "3", "--set", "early_stopping.min_delta=10", right: unlessDone(.goesOn)),
      Change("--set", "early_stopping={patience: 50, restore_best_weights: true}", right: unlessDone(.goesOn)),
      Change("--metrics", "top_k"), Change("--validation-store", BuiltProgram.digits) { _ in .refused("store") },
      Change("--validation-fraction", "0.1") { _ in .refused("validation_fraction") },
      Change("--checkpoint-every", "3"), Change("--checkpoint-every", "7 steps", "--checkpoint-keep", "1"),
      Change("--checkpoint-every", "1h"), Change("--log-every", "1"), Change("--check-every", "0"),
      Change("--check-every", "1"), Change("--set", "record_parameters=true"), Change("--non-finite", "skip"),
      Change("--non-finite", "ignore"), Change("--stall-timeout", "7s"), Change("--on-stall", "abort"),
      Change("--allreduce", "tree-messages"), Change("--memory-per-rank", "1MB"),
      Change("--learning-rate", "0.02", right: whereItGoesOn), Change("--l2", "0.01", right: whereItGoesOn),
      Change("--set", "schedule={name: exponential_decay, decay_steps: 5, decay_rate: 0.5}", right: whereItGoesOn),
      Change("--set", "optimizer.clipnorm=0.1", right: whereItGoesOn),
    ]

    /// By day a few, at one cursor each, and those that concern the end from within an epoch.
    private static let cases: [(Change, Cursor)] = changes.enumerated().flatMap { number, change in
      Cursor.allCases.enumerated().compactMap { place, cursor in
        isNightly || number % 7 == 0 && place == number / 7 % 4 || (number == 1 || number == 5) && cursor == .late
          ? (change, cursor) : nil
      }
    }

    @Test(.timeLimit(.minutes(2)), arguments: cases) func isRefusedOrEndsTheSame(change: Change, cursor: Cursor) throws
    {
      let run = try TrainingRun()
      try Self.base.get().write(to: run)
      if cursor != .done { try run.rewind(to: String(format: "step-%09d.h5", cursor.rawValue)) }
      let before = try run.contents()
      let arguments = run.arguments.filter { $0 != "train" } + ["--resume"] + change.flags
      let result = try BuiltProgram.run(["train"] + arguments, ranks: cursor == .end ? 2 : 1, in: run.folder)
      switch change.right(cursor) {
      case .refused(let words):
        #expect(result.status == 65, "\(result.output)\(result.errors)")
        #expect(result.messages.count == 1 && result.messages.first?.contains(words) == true, "\(result.errors)")
        #expect(try run.contents() == before)
      case .goesOn:
        #expect(result.status == 0, "\(result.errors)")
        #expect(run.names().contains("done"))
      case .same:
        #expect(result.status == 0, "\(result.errors)")
        let reference = try FinishedRun(Self.settings + change.flags)
        #expect(try run.model == reference.contents["model.h5"])
        #expect(try run.bytes("done") == reference.contents["done"])
      }
    }
  }
}

extension FinishedRun {
  /// Makes the run's folder again.
  fileprivate func write(to run: TrainingRun) throws {
    for folder in ["", "checkpoints"] {
      try FileManager.default.createDirectory(atPath: run.path(folder), withIntermediateDirectories: true)
    }
    for (name, bytes) in contents where name != "checkpoints" { try bytes.write(to: URL(filePath: run.path(name))) }
  }
}
