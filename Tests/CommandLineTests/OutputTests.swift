import Foundation
import HDF5
import TestSupport
import Testing

extension ProgramTests {
  /// What the program says, and where.
  @Suite struct OutputTests {
    @Test(arguments: [1, 3]) func plainLinesInAPipe(ranks: Int) throws {
      let run = try TrainingRun("--epochs", "3")
      let result = try run.train(ranks: ranks)
      let controls = result.output.unicodeScalars.filter { $0.value < 32 && $0 != "\n" || $0.value == 127 }
      #expect(controls.isEmpty)
      let lines = result.output.split(separator: "\n")
      for epoch in 1...3 { #expect(lines.count { $0.hasPrefix("epoch \(epoch)/3  loss ") } == 1) }
      #expect(lines.count == 10, "\(result.output)")  // six of introduction, three epochs, the conclusion
      #expect(lines[1] == "ranks   \(ranks) on 1 node (\(ranks == 1 ? "one rank" : "shared memory"))")
      #expect(lines[3] == "model   digits: 5 layers, 5,160 parameters")
      #expect(lines.last?.hasPrefix("done    test accuracy ") == true)
      #expect(result.errors.isEmpty)
    }

    /// An optimizer that is named takes Keras' learning rate, in the run file as by flag.
    @Test(.enabled(if: isNightly)) func learningRateOfANamedOptimizer() throws {
      func rate(_ flags: String...) throws -> Substring? {
        let run = try TrainingRun("--epochs", "1")
        try Data("optimizer: sgd\n".utf8).write(to: URL(filePath: run.folder("run.yaml")))
        let result = try BuiltProgram.run(run.arguments + flags, in: run.folder)
        return result.output.firstMatch(of: /train   SGD ([0-9.]+),/)?.output.1
      }
      #expect(try rate() == "0.02")
      #expect(try rate("--optimizer", "sgd") == "0.01")
      #expect(try rate("--config", "run.yaml") == "0.01")
      #expect(try rate("--config", "run.yaml", "--optimizer", "sgd", "--learning-rate", "0.05") == "0.05")
      #expect(try rate("--learning-rate", "0.05") == "0.05")
      #expect(try rate("--set", "optimizer.momentum=0.5") == "0.02")
    }

    /// The shell's `<(…)` is a pipe.
    @Test func aPipeIsARunFile() throws {
      let run = try TrainingRun()
      let job = try MPIRun(
        command: [
          "bash", "-c", "\"$@\" --config <(echo 'epochs: 1')", "bash", BuiltProgram.path(of: "cnn-dist"),
        ] + run.arguments, in: run.folder.path)
      let result = try job.wait()
      #expect(result.status == 0 && result.output.contains("epoch 1/1  loss "), "\(result.output)\(result.errors)")
    }

    @Test(arguments: [1, 3]) func quiet(ranks: Int) throws {
      let result = try TrainingRun("--epochs", "1", "--quiet").train(ranks: ranks)
      #expect(result.output.isEmpty && result.errors.isEmpty, "\(result.output)\(result.errors)")
    }

    /// A bar that is drawn over itself and never breaks the line; `script` makes the terminal.
    @Test(.timeLimit(.minutes(1)), arguments: [(40, 1), (120, 2)] + (isNightly ? [(120, 1)] : [])) func barOnATerminal(
      columns: Int, ranks: Int
    ) throws {
      let run = try TrainingRun("--epochs", "60", "--order", "global")
      let program = ([BuiltProgram.path(of: "cnn-dist")] + run.arguments).joined(separator: " ")
      let command = "stty cols \(columns) rows 24; " + (ranks == 1 ? program : "mpirun -n \(ranks) \(program)")
      let result = try MPIRun(command: ["script", "-qec", command, "/dev/null"], in: run.folder.path).wait()
      #expect(result.status == 0, "\(result.output)")
      // "\r" and "erase the line" come before everything that is drawn over a bar.
      let lines = result.output.components(separatedBy: "\r\n").filter { !$0.isEmpty }
        .map { $0.components(separatedBy: "\r\u{1B}[K") }
      let bars = lines.flatMap { $0.dropLast() }.filter { !$0.isEmpty }
      #expect(bars.count > 1, "\(result.output)")
      for bar in bars {
        #expect(bar.count < columns, "\(bar)")
        #expect(bar.wholeMatch(of: /epoch \d+\/60  (\[=* *\]  )?loss .*/) != nil, "\(bar)")
        if columns == 120 { #expect(bar.contains("[") && bar.hasSuffix(" left"), "\(bar)") }
      }
      // Every bar is gone again: what is left are the lines of a pipe. A narrow terminal has four for each epoch: the loss, the
      // accuracy, and those of the validation.
      let left = lines.compactMap(\.last)
      let first = try #require(left.firstIndex { $0.hasPrefix("epoch") })
      let last = try #require(left.firstIndex { $0.hasPrefix("done") })
      #expect(last - first == (columns == 120 ? 60 : 4 * 60), "\(left)")
      // Lines are broken between words, of which a path may be longer than a line.
      for line in left[..<first] + left[last...] {
        #expect(line.count <= columns || line.split(separator: " ").contains { $0.count > columns - 9 }, "\(line)")
      }
      #expect(left.count { $0.contains("  validation loss ") } == 60)
      let epochs = left.filter { $0.hasPrefix("epoch") }
      #expect(epochs.count == 60 && epochs.allSatisfy { $0.count < columns && $0.contains("  loss ") }, "\(left)")
      if columns == 120 { #expect(epochs.allSatisfy { $0.contains("  validation loss ") && $0.hasSuffix(" s") }) }
    }

    /// What may not change is refused before anything is said of a run that is complete.
    @Test func refusedBeforeItIsCalledComplete() throws {
      let run = try TrainingRun("--epochs", "2")
      try run.train(ranks: 1)
      let result = try BuiltProgram.run(run.arguments + ["--resume", "--batch-size", "64"], in: run.folder)
      #expect(result.status == 65 && result.output.isEmpty, "\(result.output)\(result.errors)")
      #expect(
        result.messages.count == 1 && result.errors.contains("batch_size 100, asked for is 64"), "\(result.errors)")
      let again = try run.train(ranks: 1, "--resume")
      #expect(again.output.contains("training is complete; add --epochs to train on"), "\(again.output)")
    }

    /// Layers that are written out have no name, and numbers are written alike.
    @Test func layersThatAreWrittenOut() throws {
      let model = "[Flatten, {Dense: {units: 10, activation: softmax}}]"
      let run = try TrainingRun("--model", model, "--epochs", "1000", "--patience", "0")
      let result = try run.train(ranks: 1)
      #expect(result.output.contains("\nmodel   2 layers, 650 parameters\n"), "\(result.output)")
      #expect(result.output.contains(", 1,000 epochs of 15 steps\n"), "\(result.output)")
      #expect(result.output.contains("\nepoch 1/1,000  loss "), "\(result.output)")
    }

    /// One object a line; the losses of an epoch's steps make up that of the epoch.
    @Test func metrics() throws {
      let run = try TrainingRun("--epochs", "2", "--log-every", "1")
      try run.train(ranks: 2)
      let text = String(decoding: try run.bytes("metrics.jsonl"), as: UTF8.self)
      let lines = try text.split(separator: "\n").map {
        try JSONDecoder().decode([String: Double].self, from: Data($0.utf8))
      }
      let (epochs, steps) = (lines.filter { $0["epoch"] != nil }, lines.filter { $0["epoch"] == nil })
      #expect(steps.map { $0["step"] } == (1...30).map { Double($0) })
      for step in steps { #expect(Set(step.keys) == ["step", "loss"]) }
      #expect(epochs.map { $0["epoch"] } == [1, 2] && epochs.map { $0["step"] } == [15, 30])
      for epoch in epochs {
        #expect(
          Set(epoch.keys) == [
            "epoch", "step", "loss", "accuracy", "validation_loss", "validation_accuracy", "seconds",
            "images_per_second", "seconds_waited", "step_seconds_fastest", "fastest_rank", "step_seconds_median",
            "step_seconds_slowest", "slowest_rank",
          ])
        let (seconds, rate) = (epoch["seconds"] ?? 0, epoch["images_per_second"] ?? 0)
        #expect(abs(seconds * rate - 1437) < 1e-6 * 1437)
        // Shares of 1,437 and of 360 samples; the tolerance is that of a quotient in double precision.
        for (key, count) in [("accuracy", 1437.0), ("validation_accuracy", 360)] {
          let hits = (epoch[key] ?? -1) * count
          #expect(abs(hits - hits.rounded()) < 1e-9 && (0...count).contains(hits), "\(key)")
        }
      }
      // Fourteen steps of 100 samples and one of 37; sums in double precision in another order.
      let mean =
        steps[15...].enumerated().reduce(0) { $0 + ($1.element["loss"] ?? 0) * ($1.offset < 14 ? 100 : 37) } / 1437
      #expect(abs(mean - (epochs[1]["loss"] ?? 0)) < 1e-12 * mean)
    }

    @Test func theWrittenSettingsGiveTheSameRun() throws {
      let run = try TrainingRun(
        "--epochs", "2", "--batch-size", "64", "--seed", "3", "--l2", "0.001", "--learning-rate", "0.05", "--set",
        "optimizer.momentum=0.5", "--virtual-shards", "5", "--checkpoint-every", "20 steps")
      try run.train(ranks: 2)
      let again = try TrainingRun(in: run.folder)
      let result = try BuiltProgram.run(
        ["train", "--config", "run/config.yaml", "--output", "again"], ranks: 3, in: run.folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try Data(contentsOf: URL(filePath: again.folder("again/model.h5"))) == run.model)
      #expect(try Data(contentsOf: URL(filePath: again.folder("again/config.yaml"))) == run.bytes("config.yaml"))
    }

    @Test func helpAndVersion() throws {
      let folder = try TemporaryFolder()
      for (command, example) in [
        ([], "mpirun -n 8 cnn-dist train"), (["train"], "mpirun -n 8 cnn-dist train --l2 0.001"),
        (["evaluate"], "mpirun -n 4 cnn-dist evaluate runs/digits"),
        (["summary"], "cnn-dist summary model.yaml --input"),
        (["filter"], "cnn-dist filter cat.jpg --kernel sharpen"),
      ] {
        let result = try BuiltProgram.run(command + ["--help"], in: folder)
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(result.output.contains(example), "\(result.output)")
      }
      let version = try BuiltProgram.run(["--version"], ranks: 2, in: folder)
      #expect(version.status == 0)
      #expect(
        version.output.wholeMatch(of: /cnn-dist \d+\.\d+\.\d+ \(oneDNN \S+, Open MPI v\S+, .+\)\n/) != nil,
        "\(version.output)")
    }

    static let digitsTable = """
      Model: "digits"
      ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
      ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
      ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
      │ conv2d (Conv2D)                 │ (None, 6, 6, 10)       │           100 │
      ├─────────────────────────────────┼────────────────────────┼───────────────┤
      │ max_pooling2d (MaxPooling2D)    │ (None, 3, 3, 10)       │             0 │
      ├─────────────────────────────────┼────────────────────────┼───────────────┤
      │ flatten (Flatten)               │ (None, 90)             │             0 │
      ├─────────────────────────────────┼────────────────────────┼───────────────┤
      │ dense (Dense)                   │ (None, 50)             │         4,550 │
      ├─────────────────────────────────┼────────────────────────┼───────────────┤
      │ dense_1 (Dense)                 │ (None, 10)             │           510 │
      └─────────────────────────────────┴────────────────────────┴───────────────┘
       Total params: 5,160 (20.16 KB)
       Trainable params: 5,160 (20.16 KB)
       Non-trainable params: 0 (0.00 B)

      """

    @Test func summaries() throws {
      let run = try TrainingRun("--epochs", "1")
      try run.train(ranks: 1)
      try Data(
        "name: digits\nlayers:\n  - conv2d: {filters: 10, kernel_size: 3}\n  - MaxPooling2D\n  - flatten\n  - Dense: {units: 50}\n  - Dense: {units: 10}\n"
          .utf8
      )
      .write(to: URL(filePath: run.folder("model.yaml")))
      func summary(_ arguments: String...) throws -> String {
        try BuiltProgram.run(["summary"] + arguments, in: run.folder).output
      }
      #expect(try summary("digits") == Self.digitsTable)
      #expect(try summary("run/model.h5") == Self.digitsTable)
      #expect(try summary("run/checkpoints/step-000000015.h5") == Self.digitsTable)
      #expect(try summary("model.yaml", "--input", "8x8x1") == Self.digitsTable)
      #expect(try summary("model.yaml", "--input", "12x12x1").contains(" Total params: 13,160 "))
      let keras = try summary(fixture("keras_digits.json"))
      #expect(keras.contains("Model: \"from_keras\"") && keras.contains(" Total params: 1,250 (4.88 KB)"))
      #expect(try summary(fixture("keras_digits.h5")) == keras)
    }

    /// Fixtures/make_fixtures.py made the model and asked Keras; float32 on both sides, so 1e-5 is room for other sums.
    @Test func kerasModelGivesKerasNumbers() throws {
      let folder = try TemporaryFolder()
      let says = try File(opening: fixture("keras_digits_says.h5"))
      let correct = try says.attribute("correct", of: "/", as: Int.self)
      let loss = try says.attribute("loss", of: "/", as: Double.self)
      let expected = try says.dataset(at: "predictions").values(as: Float.self)
      var lines: Set<String> = []
      var files: Set<Data> = []
      for ranks in [1, 3, 8] {
        let result = try BuiltProgram.run(
          ["evaluate", fixture("keras_digits.h5"), "--store", BuiltProgram.digits, "--predictions", "\(ranks).h5"],
          ranks: ranks, in: folder)
        #expect(result.status == 0, "\(result.errors)")
        lines.insert(result.output)
        files.insert(try Data(contentsOf: URL(filePath: folder("\(ranks).h5"))))
      }
      #expect(lines.count == 1 && files.count == 1, "\(lines)")
      let line = try #require(
        lines.first?.firstMatch(of: /test  loss (\d\.\d+)  accuracy (\d+\.\d) % \((\d+) of 360\)/))
      #expect(Int(line.3) == correct)
      #expect(abs((Double(line.1) ?? 0) - loss) < 1e-5)
      let found = try File(opening: folder("3.h5"))
      let predictions = try found.dataset(at: "predictions")
      #expect(predictions.shape == [360, 10])
      let differences = try zip(predictions.values(as: Float.self), expected).map { abs($0 - $1) }
      #expect(differences.count == 3600 && differences.allSatisfy { $0 < 1e-5 })
      let labels = try found.dataset(at: "labels").values(as: Int32.self)
      #expect(try labels == File(opening: BuiltProgram.digits).dataset(at: "test/labels").values(as: Int32.self))
    }
  }
}
