import Foundation
import NeuralNetwork
import TestSupport
import Testing

extension ProgramTests {
  /// Runs that are killed at random, with everything in play that a checkpoint has to remember.
  ///
  /// What is killed is a trainer that does it to itself at a given step (or some microseconds later), so a busy machine
  /// changes nothing; the program itself goes on. 6 in every test, 200 in the nightly one, which prints a table.
  @Suite struct ResumeMatrixTests {
    /// A run, and how it is trained when nobody disturbs it.
    struct Settings: Sendable {
      let name: String
      let flags: [String]
      /// The end of the run: it may be early stopping's.
      let end: Result<FinishedRun, any Error>

      init(_ name: String, _ settings: String...) {
        self.name = name
        flags = (settings + common).flatMap { ["--set", $0] }
        end = Result { [flags] in try FinishedRun(flags) }
      }
    }

    private static let epochs = 8
    private static let stepsPerEpoch = 15
    private static let every = 4
    private static let common = [
      "epochs=\(epochs)", "checkpoint.every=\(every) steps", "checkpoint.keep=99", "log_every=1", "check_every=7",
    ]

    /// Layers that draw at random, and layers with state that no optimizer updates.
    private static let model = """
      model={name: state, layers: [Normalization, {Conv2D: {filters: 4, kernel_size: 3, padding: same}}, \
      BatchNormalization, ReLU, MaxPooling2D, Flatten, {Dropout: {rate: 0.3}}, \
      {Dense: {units: 10, activation: softmax}}]}
      """
    private static let augmentation =
      "augmentation={rotation_range: 20, width_shift_range: 0.2, zoom_range: 0.1, horizontal_flip: true}"

    private static let momentum = Settings(
      "momentum, schedule, early stopping", model, augmentation,
      "optimizer={name: sgd, learning_rate: 0.05, momentum: 0.9}",
      "schedule={name: exponential_decay, decay_steps: 30, decay_rate: 0.7, staircase: true}",
      "early_stopping={patience: 2, restore_best_weights: true}")
    private static let adam = Settings(
      "Adam, warm-up, global order", model, augmentation, "optimizer={name: adam, learning_rate: 0.002}",
      "order=global",
      "schedule={name: warmup, steps: 15, then: {name: cosine_decay, decay_steps: 120}}",
      "early_stopping={monitor: validation_accuracy, patience: 3}")

    enum Moment: String, CaseIterable {
      case step = "at a step"
      case checkpoint = "during a checkpoint"
      case boundary = "at an epoch's end"
      case evaluation = "during evaluation"
      case twice = "twice in an epoch"
    }

    /// One row of the table.
    struct Row: CustomTestStringConvertible {
      let number: Int
      let fault: String
      let moment: Moment
      let ranks: (before: Int, after: Int)
      /// The step of the fault, and the time from its end to the kill, in microseconds.
      let step: Int, after: Int
      let isAdam: Bool
      /// The rank that kills, which is one of all.
      let rank: Int

      /// Row `number`; what is random is the same for the same number.
      init(_ number: Int) {
        var random = SplitMix(seed: UInt64(number))
        self.number = number
        fault = ["kill", "kill-mpirun", "kill-host"][number % 3]
        moment = Moment.allCases[number % Moment.allCases.count]
        ranks = (random.pick(from: [2, 3, 5, 8]), random.pick(from: [1, 2, 3, 5, 8]))
        isAdam = number / 2 % 2 == 1
        rank = random.number(below: ranks.before)
        let boundary = stepsPerEpoch * (1 + random.number(below: 4))
        switch moment {
        case .step: (step, after) = (every + random.number(below: 60), random.number(below: 2) * 300)
        case .checkpoint: (step, after) = (every * (2 + random.number(below: 14)), 1 + random.number(below: 4_000))
        case .boundary: (step, after) = (boundary, 0)
        case .evaluation: (step, after) = (boundary, 1 + random.number(below: 3_000))
        case .twice: (step, after) = (boundary - 10 + random.number(below: 4), 0)
        }
      }

      var testDescription: String {
        "\(fault) \(moment.rawValue), step \(step) + \(after) µs, \(ranks.before) → \(ranks.after) ranks"
      }
    }

    @Test(.timeLimit(.minutes(2)), arguments: (0..<amount("KILLS", byDay: 6)).map { Row($0) })
    func killedAndResumed(row: Row) throws {
      let settings = row.isAdam ? Self.adam : Self.momentum
      let reference = try settings.end.get()
      let run = try TrainingRun()
      var newest = try breakDown(run, settings, row, at: row.step)
      if row.moment == .twice {
        // Within the same epoch, 5 steps on.
        newest = try breakDown(run, settings, row, at: row.step + 5, isResumed: true)
      }
      let names = run.names("checkpoints").filter { $0.hasSuffix(".h5") }
      // At an epoch's end there are two of that name, before it is evaluated and, if it is the best, after that.
      let boundary = "step-0000000\(newest).h5"
      let compared = names.filter { newest % Self.stepsPerEpoch > 0 || !boundary.hasSuffix($0.suffix(7)) }
      let differing = try compared.count {
        try run.bytes("checkpoints/\($0)") != reference.contents["checkpoints/\($0)"]
      }
      #expect(differing == 0)
      let resumed = try BuiltProgram.run(
        run.arguments + settings.flags + ["--resume"], ranks: row.ranks.after, in: run.folder)
      try #require(resumed.status == 0, "\(resumed.errors)")
      try reference.expectSameEnd(run)
      if isNightly {
        let bits = try run.model == reference.contents["model.h5"] ? "same" : "other"
        print(
          "\(row.number + 1)\t\(row.testDescription)\t\(settings.name)\tresumed from \(newest)\t\(differing) of "
            + "\(compared.count) checkpoints differ\t\(bits) bits")
      }
    }

    /// Trains until the fault; returns the newest checkpoint's step.
    private func breakDown(
      _ run: TrainingRun, _ settings: Settings, _ row: Row, at step: Int, isResumed: Bool = false
    ) throws -> Int {
      let flags = ["--set", "store=\(BuiltProgram.digits)", "--output", "run"] + settings.flags
      let fault = ["--rank", "\(row.rank)", "--at-step", "\(step)", "--after", "\(row.after)", "--fault", row.fault]
      let result = try MPIRun(
        ranks: row.ranks.before, BuiltProgram.path(of: "FaultyTrainer"),
        flags + fault + (isResumed ? ["--resume"] : []), in: run.folder.path, timeout: 60
      ).wait()
      #expect(result.status == 137, "\(result.output)\(result.errors)")
      run.expectNoProcesses()
      #expect(!FileManager.default.fileExists(atPath: run.path("done")))
      let newest = run.newestCheckpoint
      // The rank that breaks has ended this step; if it is not rank 0, which writes, that one has ended the step before for
      // certain. The last that was due then may be half written, but who begins it has waited for the one before.
      let due = (row.rank == 0 ? step : step - 1) / Self.every * Self.every
      #expect(newest >= due - Self.every, "a checkpoint is lost: \(run.checkpoints)")
      return newest
    }
  }
}

/// Steele, Lea and Flood's generator: small, and the same everywhere.
private struct SplitMix {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func number(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((bits ^ (bits >> 31)) % UInt64(bound))
  }

  mutating func pick<Element>(from elements: [Element]) -> Element { elements[number(below: elements.count)] }
}
