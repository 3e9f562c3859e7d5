import Datasets
import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Ranks that hang, compute something else or no number: they are named, with the step.
  @Suite struct WatchingTests {
    /// Trains on three ranks, of which one has a fault after a step.
    private func train(
      _ fault: String, rank: Int, step: Int = 38, _ settings: [String], in run: TrainingRun, timeout: Int = 30
    ) throws -> MPIRun.Result {
      let flags = ["store=\(BuiltProgram.digits)", "epochs=5"] + settings
      return try MPIRun(
        ranks: 3, BuiltProgram.path(of: "FaultyTrainer"),
        flags.flatMap { ["--set", $0] }
          + ["--output", "run", "--rank", "\(rank)", "--at-step", "\(step)", "--fault", fault],
        environment: ["SWIFT_BACKTRACE": "enable=no"], in: run.folder.path, timeout: timeout
      ).wait()
    }

    /// The lines in which the log names a rank that hangs.
    private func stalls(_ result: MPIRun.Result) -> [String] {
      result.errors.split(separator: "\n").map(String.init).filter { $0.contains("nothing has happened for") }
    }

    /// A rank that never returns, and one that is stopped with all its threads, as when its machine stands still.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: [("freeze", 0)] + (isNightly ? [("hang", 1), ("hang", 0), ("freeze", 2)] : []))
    func aRankThatHangs(fault: String, rank: Int) throws {
      let run = try TrainingRun()
      let result = try train(fault, rank: rank, ["stall_timeout=2s", "on_stall=abort"], in: run)
      #expect(result.status == 70, "\(result.errors)")
      let lines = stalls(result)
      #expect(lines.count == 1, "\(result.errors)")
      #expect(lines.first?.contains(": rank \(rank) (") == true, "\(lines)")
      #expect(lines.first?.contains("2 ranks wait for it") == true, "\(lines)")
      // What hangs, hangs after step 38; the others are in the next one.
      #expect(lines.first?.contains("in step 3") == true, "\(lines)")
      let account = fault == "hang" ? "is writing records or a checkpoint" : "gives no sign of life"
      #expect(lines.first?.contains(account) == true, "\(lines)")
      run.expectNoProcesses()
      try run.train(ranks: 1, "--resume", "--epochs", "5")
      #expect(!run.names().contains("stalled"))
    }

    /// A rank that stands still before it is one: the others wait for it in `MPI_Init`, and know nothing of it.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: ["evaluate model.h5"]
        + (isNightly ? ["train --output run", "sweep --learning-rate 0.01,0.02 --output sweep", "doctor"] : []))
    func aRankThatNeverStarts(command: String) throws {
      let folder = try TemporaryFolder()
      if command.hasPrefix("evaluate") {
        try FinishedRun("--epochs", "1").contents["model.h5"]?.write(to: URL(filePath: folder("model.h5")))
      }
      let stopped = "if [ $OMPI_COMM_WORLD_RANK = 1 ]; then kill -STOP $$; fi; exec \"$@\""
      let words = command.split(separator: " ").map(String.init) + ["--store", BuiltProgram.digits]
      let result = try MPIRun(
        ranks: 3, "/bin/sh",
        ["-c", stopped, "sh", BuiltProgram.path(of: "cnn-dist")] + words
          + ["--stall-timeout", "4s", "--on-stall", "abort"], in: folder.path, timeout: 40
      ).wait()
      #expect(result.status == 70, "\(result.output)\(result.errors)")
      let lines = stalls(result)
      #expect(lines.count == 1, "\(result.errors)")
      #expect(lines.first?.contains(": rank 1 gives no sign of life") == true, "\(lines)")
      #expect(lines.first?.contains("2 ranks wait for it") == true, "\(lines)")
      #expect(!(try FileManager.default.contentsOfDirectory(atPath: folder.path)).contains { $0.contains("stalled") })
    }

    /// A file system that does not answer before there is a trainer: the rank says what it is at.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: ["sweep --learning-rate 0.01,0.02 --output sweep"] + (isNightly ? ["train --output run"] : []))
    func aStoreThatDoesNotAnswer(command: String) throws {
      let folder = try TemporaryFolder()
      try FileManager.default.copyItem(atPath: BuiltProgram.digits, toPath: folder("dead.h5"))
      try """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <fcntl.h>
      #include <stdarg.h>
      #include <string.h>
      #include <unistd.h>
      static void wait_for_ever(const char *path) { while (strstr(path, "dead.h5")) sleep(1); }
      #define REPLACE(name) int name(const char *path, int flags, ...) { \
        va_list list; va_start(list, flags); int mode = va_arg(list, int); va_end(list); wait_for_ever(path); \
        return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); }
      REPLACE(open)
      REPLACE(open64)
      """.write(toFile: folder("dead.c"), atomically: true, encoding: .utf8)
      let compiler = try MPIRun(
        command: ["clang", "-shared", "-fPIC", "-o", folder("dead.so"), folder("dead.c")], timeout: 30
      ).wait()
      try #require(compiler.status == 0, "\(compiler.errors)")
      let words = command.split(separator: " ").map(String.init) + ["--store", "dead.h5"]
      let result = try MPIRun(
        ranks: 2, BuiltProgram.path(of: "cnn-dist"), words + ["--stall-timeout", "2s", "--on-stall", "abort"],
        environment: ["LD_PRELOAD": folder("dead.so")], in: folder.path, timeout: 20
      ).wait()
      // It may only be a large one: nobody ends the job for that.
      #expect(result.status == 110, "\(result.errors)")
      let lines = stalls(result)
      #expect(lines.count == 1, "\(result.errors)")
      #expect(lines.first?.contains(/rank 0 \(.*\) is opening the store/) == true, "\(lines)")
    }

    /// A rank of a sweep that stands still while the others have nothing left to train.
    @Test(.timeLimit(.minutes(1))) func aSweepThatWaits() throws {
      let folder = try TemporaryFolder()
      let arguments = [
        "sweep", "--store", BuiltProgram.digits, "--learning-rate", "0.001,0.01,0.02", "--epochs", "300", "--output",
        "sweep", "--stall-timeout", "3s", "--on-stall", "abort",
      ]
      let job = try BuiltProgram.start(arguments, ranks: 3, in: folder)
      let log = folder("sweep/logs/part-1-of-1.group-1.log")
      try job.wait { try FileManager.default.fileExists(atPath: log) && !Data(contentsOf: URL(filePath: log)).isEmpty }
      kill(try #require(job.ranks.dropFirst().first), SIGSTOP)
      let result = try job.wait()
      #expect(result.status == 70, "\(result.output)\(result.errors)")
      let lines = stalls(result)
      #expect(lines.count == 1 && lines.first?.contains("s: rank 1 (") == true, "\(result.errors)")
      #expect(lines.first?.contains("gives no sign of life") == true, "\(lines)")
      // The other one may still be training.
      #expect(lines.first?.contains(/(2 ranks wait|one rank waits) for it/) == true, "\(lines)")
    }

    /// Unless it is told to, nobody ends a job that may only be slow.
    @Test(.timeLimit(.minutes(1)), .enabled(if: isNightly)) func reportsOnly() throws {
      let run = try TrainingRun()
      let result = try train("hang", rank: 2, ["stall_timeout=1s"], in: run, timeout: 6)
      #expect(result.status == 110, "\(result.errors)")
      #expect(stalls(result).count == 1, "\(result.errors)")
      #expect(stalls(result).first?.contains(": rank 2 (") == true)
    }

    /// An evaluation that takes longer than the time allowed, in many batches: after an epoch, and after the last with
    /// the best weights.
    @Test(.timeLimit(.minutes(1))) func aSlowEvaluation() throws {
      let run = try TrainingRun()
      let settings = [
        "epochs=1", "stall_timeout=1s", "on_stall=abort", "early_stopping={patience: 9, restore_best_weights: true}",
      ]
      let result = try train("slow-evaluation", rank: 0, step: 0, settings, in: run)
      #expect(result.status == 0, "\(result.errors)")
      #expect(stalls(result).isEmpty, "\(result.errors)")
    }

    /// One bit of one weight of one rank.
    @Test(.timeLimit(.minutes(1)), arguments: isNightly ? [0, 2] : [2]) func aRankThatDiffers(rank: Int) throws {
      let run = try TrainingRun()
      let result = try train("flip", rank: rank, ["check_every=10", "checkpoint.every=10 steps"], in: run)
      #expect(result.status == 70, "\(result.errors)")
      let words = try Regex("the parameters of rank \(rank) \\([^ ,]+, process \\d+, hash ")
      let messages = result.messages.filter { $0.contains(words) }
      #expect(messages.count >= 1, "\(result.errors)")
      #expect(messages.first?.contains("are not those of the other ranks before step 40:") == true, "\(messages)")
      #expect(messages.first?.contains("they last agreed before step 30") == true, "\(messages)")
      #expect(!result.messages.contains { !$0.contains("the parameters of rank \(rank) ") }, "\(result.messages)")
    }

    /// It need not wait for the next comparison at the end of a run.
    @Test(.timeLimit(.minutes(1))) func differenceAtTheEnd() throws {
      let run = try TrainingRun()
      let result = try train("flip", rank: 1, step: 74, ["check_every=50"], in: run)
      #expect(result.status == 70, "\(result.errors)")
      let words = /the parameters of rank 1 \([^ ,]+, process \d+, hash [0-9a-f]+/
      #expect(result.messages.first?.contains(words) == true, "\(result.errors)")
      #expect(!run.names().contains("model.h5") && !run.names().contains("done"))
    }

    /// Three ranks share eight virtual shards; the second has 2, 3 and 4 or 3, 4 and 5.
    @Test(.timeLimit(.minutes(1))) func aRankWithoutNumbers() throws {
      let run = try TrainingRun()
      let result = try train("nan", rank: 1, ["check_every=0"], in: run)
      #expect(result.status == 70, "\(result.errors)")
      let message = result.messages.first ?? ""
      #expect(
        message.contains(/on rank 1 \([^ ,]+, process \d+\), is no finite number in step 39, in epoch 3/), "\(message)")
      // The step was not taken, and what was before is on the disk.
      #expect(run.newestCheckpoint == 38)
    }

    /// Forty images of which one has a pixel whose multiples are infinite: once an epoch there is a step without numbers.
    static func storeWithHugeNumber(in folder: TemporaryFolder) throws {
      var pixels = (0..<40 * 64).map { Float($0 * 7 % 17) }
      for pixel in 0..<64 { pixels[21 * 64 + pixel] = 3e38 }
      let samples = ImageStoreWriter.Samples(
        images: .float32(pixels), imageShape: [8, 8, 1], labels: .classes((0..<40).map { Int32($0 % 10) }))
      try ImageStoreWriter.write([.train: samples], classNames: (0..<10).map { "\($0)" }, to: folder("huge.h5"))
    }

    /// Twelve steps in a row without numbers, of which ten may be skipped: however often training is resumed among them.
    @Test(.timeLimit(.minutes(2))) func skippedStepsAreCountedOverAResume() throws {
      let folder = try TemporaryFolder()
      var pixels = (0..<60 * 16).map { Float($0 * 7 % 17) }
      // The samples of steps 6 to 17.
      for pixel in 10 * 16..<34 * 16 { pixels[pixel] = 3e38 }
      let samples = ImageStoreWriter.Samples(
        images: .float32(pixels), imageShape: [4, 4, 1], labels: .classes((0..<60).map { Int32($0 % 3) }))
      try ImageStoreWriter.write([.train: samples], classNames: ["a", "b", "c"], to: folder("bad.h5"))
      let model = "model={name: softmax, layers: [Flatten, {Dense: {units: 3, activation: softmax}}]}"
      let run = try TrainingRun(
        "--store", "bad.h5", "--set", model, "--batch-size", "2", "--virtual-shards", "2", "--order", "stored",
        "--non-finite", "skip", "--epochs", "2", "--checkpoint-every", "1 steps", "--checkpoint-keep", "99", in: folder)
      func train(_ more: String...) throws -> MPIRun.Result {
        let arguments = run.arguments.enumerated().filter { $0.offset != 1 && $0.offset != 2 }.map(\.element)
        return try BuiltProgram.run(arguments + more, in: folder)
      }
      let first = try train()
      let words = "in step 16, in epoch 1, and 10 steps before it were skipped"
      #expect(first.status == 65 && first.messages.last?.contains(words) == true, "\(first.errors)")
      #expect(run.newestCheckpoint == 15)
      let reference = try run.contents()
      for step in isNightly ? Array(1...15) : [12] {
        try run.rewind(to: String(format: "step-%09d.h5", step))
        let resumed = try train("--resume")
        #expect(resumed.status == 65 && resumed.messages.last?.contains(words) == true, "\(step): \(resumed.errors)")
        #expect(try run.contents() == reference, "\(step)")
      }
    }

    @Test(.timeLimit(.minutes(2))) func skipsASample() throws {
      let folder = try TemporaryFolder()
      try Self.storeWithHugeNumber(in: folder)
      let model = "model={name: softmax, layers: [Flatten, {Dense: {units: 10, activation: softmax}}]}"
      let arguments = [
        "train", "--store", "huge.h5", "--set", model, "--batch-size", "8", "--log-every", "1", "--non-finite",
      ]
      let stopped = try BuiltProgram.run(arguments + ["stop", "--output", "stopped"], ranks: 3, in: folder)
      #expect(stopped.status == 65)
      #expect(stopped.messages.count == 1, "\(stopped.messages)")
      let message = try #require(stopped.messages.first)
      let found = try #require(
        message.firstMatch(
          of: /the loss of virtual shard (\d), on rank (\d) \(.*\), is no finite number in step (\d), in epoch 1;/),
        "\(message)")
      #expect(message.contains("--non-finite skip"))

      var models: [Data] = []
      for ranks in isNightly ? [1, 2, 3, 5, 8] : [1, 8] {
        let output = ["skip", "--output", "\(ranks)", "--epochs", "3"]
        let result = try BuiltProgram.run(arguments + output, ranks: ranks, in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let warnings = result.messages.filter { $0.contains("the step is skipped") }
        #expect(warnings.count == 3, "\(result.messages)")  // one an epoch
        #expect(warnings.first?.contains("virtual shard \(found.1), ") == true, "\(warnings)")
        #expect(warnings.first?.contains("in step \(found.3), ") == true, "\(warnings)")
        let run = try TrainingRun.metrics(of: folder("\(ranks)/metrics.jsonl"))
        for epoch in run where epoch["epoch"] != nil {
          #expect(epoch["skipped_samples"] == 8 && epoch["loss"]?.isFinite == true)
        }
        models.append(try Data(contentsOf: URL(filePath: folder("\(ranks)/model.h5"))))
      }
      #expect(models.allSatisfy { $0 == models[0] })

      // Stopped in the middle of an epoch that has a skipped step, and resumed.
      let output = ["skip", "--output", "resumed", "--epochs", "3", "--checkpoint-every", "1 steps"]
      for (step, epochs) in [(isNightly ? 5 : 2, "1"), (0, "3")] {
        let more = step > 0 ? ["--deadline", "0s"] : []
        for _ in 0..<max(step, 1) {
          let isResumed = FileManager.default.fileExists(atPath: folder("resumed"))
          let result = try BuiltProgram.run(
            arguments + output + more + (isResumed ? ["--resume"] : []), ranks: 2, in: folder)
          #expect(result.status == (step > 0 ? 75 : 0), "\(epochs) \(result.errors)")
        }
      }
      #expect(try Data(contentsOf: URL(filePath: folder("resumed/model.h5"))) == models[0])
    }

    /// Ten steps in a row are no accident.
    @Test(.timeLimit(.minutes(1))) func doesNotSkipForEver() throws {
      let run = try TrainingRun("--learning-rate", "1e30", "--non-finite", "skip")
      let result = try BuiltProgram.run(run.arguments, ranks: 2, in: run.folder)
      #expect(result.status == 65)
      #expect(result.messages.filter { $0.contains("the step is skipped") }.count == 10, "\(result.messages)")
      #expect(result.messages.last?.contains("is no finite number in step 1") == true, "\(result.messages)")
    }

    /// Everything watched as closely as can be, and nothing to be said: 2 runs, 100 in the nightly test.
    @Test(.timeLimit(.minutes(10))) func silentWhenAllIsWell() throws {
      for (index, ranks) in (0..<(isNightly ? 20 : 1)).flatMap({ _ in isNightly ? [1, 2, 3, 5, 8] : [3, 8] })
        .enumerated()
      {
        let run = try TrainingRun("--check-every", "1", "--stall-timeout", "60s", "--on-stall", "abort")
        let result = try run.train(ranks: ranks, "--epochs", "3", "--seed", "\(index)")
        #expect(result.errors.isEmpty, "\(ranks) ranks: \(result.errors)")
        let steps = try run.metrics().filter { $0["epoch"] == nil }
        #expect(steps.count == 45 && steps.allSatisfy { $0["gradient_hash"] != nil && $0["parameter_hash"] != nil })
        #expect(!run.names().contains("stalled"))
      }
    }

    /// Hashes are the same for any number of ranks, and times name a rank that there is.
    @Test(.timeLimit(.minutes(1))) func whatIsLogged() throws {
      var lines: [[[String: Double]]] = []
      for ranks in [1, 2, 8] {
        let run = try TrainingRun("--check-every", "10", "--epochs", "2")
        try run.train(ranks: ranks)
        lines.append(try run.metrics().filter { $0["epoch"] == nil })
        let text = String(decoding: try run.bytes("metrics.jsonl"), as: UTF8.self)
        let slowest = text.matches(of: /"step_seconds_slowest":([0-9.e-]+),"slowest_rank":(\d)/)
        #expect(slowest.count == (ranks == 1 ? 0 : 2))
        for match in slowest {
          #expect((0..<ranks).contains(Int(match.2) ?? -1) && Double(match.1) ?? 0 > 0)
        }
      }
      #expect(lines[0].map { $0["step"] } == [10, 20, 30])
      #expect(lines[1] == lines[0] && lines[2] == lines[0])
    }
  }
}
