import Datasets
import Foundation
import HDF5
import NeuralNetwork
import Reports
import TestSupport
import Testing
import Training

/// A sweep in a folder of its own.
struct SweepRun {
  let folder: TemporaryFolder
  let arguments: [String]

  init(_ arguments: String...) throws {
    folder = try TemporaryFolder()
    self.arguments = ["sweep", "--store", BuiltProgram.digits, "--output", "sweep", "--no-report"] + arguments
  }

  @discardableResult
  func run(ranks: Int, _ more: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> MPIRun.Result {
    let result = try BuiltProgram.run(arguments + more, ranks: ranks, in: folder)
    try #require(result.status == 0, "\(result.output)\(result.errors)", sourceLocation: sourceLocation)
    return result
  }

  var files: SweepFolder { SweepFolder(folder("sweep")) }

  /// Every line of every journal: a trial that was trained twice is there twice.
  func lines() throws -> [TrialRecord] { try files.journals.flatMap { try SweepFolder.records(in: $0) } }

  /// What the trials have yielded, without the times and places, which no two sweeps share; in the order of their keys.
  func results() throws -> [TrialRecord] {
    try lines().sorted { $0.key < $1.key }.map { record in
      var record = record
      (record.seconds, record.trainingSeconds, record.imagesPerSecond) = (0, 0, 0)
      (record.group, record.finished) = (0, "")
      return record
    }
  }
}

extension ProgramTests {
  @Suite struct SweepCommandTests {
    /// Trials of several sizes, some of which diverge, with dropped samples nowhere.
    private static let axes = [
      "--learning-rate", "0.01,0.1,10", "--l2", "0.001,1", "--axis", "batch_size=64,100", "--epochs", "2",
    ]

    private func sweep(_ more: String...) throws -> SweepRun {
      let run = try SweepRun()
      return SweepRun(folder: run.folder, arguments: run.arguments + Self.axes + more)
    }

    private static let undisturbed = Result {
      let run = try SweepRun()
      try SweepRun(folder: run.folder, arguments: run.arguments + axes).run(ranks: 1)
      return try run.results()
    }

    @Test(
      .timeLimit(.minutes(2)),
      arguments: [(3, 2), (8, 8)] + (isNightly ? [(8, 1), (2, 1), (2, 2), (3, 1), (8, 3)] : []))
    func sameBits(ranks: Int, ranksPerTrial: Int) throws {
      let run = try sweep("--ranks-per-trial", "\(ranksPerTrial)", "--quiet")
      try run.run(ranks: ranks)
      let expected = try Self.undisturbed.get()
      #expect(expected.count == 12 && expected.contains { $0.outcome == .diverged })
      #expect(try run.results() == expected)
    }

    /// The configuration of a trial, trained by itself, yields the same curve and the same numbers at the end.
    @Test(.timeLimit(.minutes(1))) func aTrialIsATraining() throws {
      let record = try #require(try Self.undisturbed.get().first { $0.outcome == .completed })
      let folder = try TemporaryFolder()
      try AtomicFile.write(Array(record.configuration.utf8), to: folder("trial.yaml"))
      let result = try BuiltProgram.run(
        ["train", "--config", "trial.yaml", "--output", "run", "--quiet"], ranks: 3, in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let metrics = try TrainingRun.metrics(of: folder("run/metrics.jsonl"))
      #expect(metrics.map { $0["loss"] } == record.curve.map(\.loss))
      #expect(metrics.map { $0["validation_accuracy"] } == record.curve.map(\.validationAccuracy))
      #expect(metrics.last?["validation_loss"] == record.validation["loss"])
    }

    /// Twenty kills at random moments, by the process of mpirun or of a rank; then the sweep is as if there had been none.
    @Test(.timeLimit(.minutes(3)), .enabled(if: isNightly)) func killedAtAnyMoment() throws {
      let run = try sweep("--quiet")
      var generator = SystemRandomNumberGenerator()
      var kills = 0
      while kills < 20 {
        // The trials' records come within a second of a second; a job that is through is begun anew to be killed again.
        if try run.lines().count == 12 { try FileManager.default.removeItem(atPath: run.files.journalsFolder) }
        let job = try BuiltProgram.start(run.arguments, ranks: 2, in: run.folder)
        usleep(UInt32.random(in: 100_000...1_000_000, using: &generator))
        let victims = Self.children(of: job.processIdentifier) + [job.processIdentifier]
        guard job.isRunning, let victim = victims.randomElement() else {
          _ = try job.wait()
          continue
        }
        kill(victim, SIGKILL)
        _ = try job.wait()
        // What mpirun leaves behind when it is killed itself.
        for child in victims where child != job.processIdentifier { kill(child, SIGKILL) }
        kills += 1
      }
      try run.run(ranks: 3)
      #expect(try run.results() == Self.undisturbed.get(), "each trial once, with the same numbers")
    }

    private static func children(of process: Int32) -> [Int32] {
      let path = "/proc/\(process)/task/\(process)/children"
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      return text.split(separator: " ").compactMap { Int32($0) }
    }

    /// Stopped by a signal or a deadline again and again, it is done in the end, each trial once.
    @Test(.timeLimit(.minutes(3)), arguments: isNightly ? [1, 2] : [2]) func stoppedEarly(ranksPerTrial: Int) throws {
      let run = try sweep("--quiet", "--ranks-per-trial", "\(ranksPerTrial)")
      var stops = 0
      for attempt in 0..<100 {
        let deadline = attempt % 2 == 0 ? ["--deadline", "\(0.2 + 0.2 * Double(attempt))s"] : []
        let job = try BuiltProgram.start(run.arguments + deadline, ranks: 2, in: run.folder)
        if deadline.isEmpty {
          usleep(300_000)
          if job.isRunning { kill(job.processIdentifier, SIGUSR1) }
        }
        let result = try job.wait()
        let isDone = FileManager.default.fileExists(atPath: run.folder("sweep/part-1-of-1.done"))
        if result.status == 0 {
          #expect(isDone)
          break
        }
        // A signal that comes before it is handled ends the program: 138.
        #expect(result.status == 75 || (result.status == 138 && deadline.isEmpty), "\(result.errors)")
        #expect(!isDone)
        guard result.status == 75 else { continue }
        stops += 1
        let reason = deadline.isEmpty ? "SIGUSR1" : "the deadline"
        #expect(result.messages.count == 1, "\(result.errors)")
        #expect(result.messages.first?.contains("stopped early by \(reason): what is done is in ") == true)
      }
      #expect(stops > 0)
      #expect(try run.results() == Self.undisturbed.get(), "each trial once, with the same numbers")
    }

    /// Two jobs of an array on one folder at once, then one more for what is missing: nothing.
    @Test(.timeLimit(.minutes(1))) func partsAtTheSameTime() throws {
      let run = try sweep("--quiet")
      let jobs = try (1...2).map {
        try BuiltProgram.start(run.arguments + ["--part", "\($0)/2"], ranks: 2, in: run.folder)
      }
      for job in jobs {
        let result = try job.wait()
        #expect(result.status == 0, "\(result.errors)")
      }
      #expect(try run.results() == Self.undisturbed.get())
      let again = try run.run(ranks: 1)
      #expect(again.seconds < 20)
      #expect(try run.lines().count == 12)
    }

    @Test(.timeLimit(.minutes(1))) func aLargerGridKeepsWhatIsDone() throws {
      let run = try SweepRun("--l2", "0.001,0.01", "--epochs", "1")
      try run.run(ranks: 2, "--learning-rate", "0.01,0.1")
      let before = try run.lines()
      let result = try run.run(ranks: 2, "--learning-rate", "0.01,0.1,1")
      #expect(result.output.contains("4 done before"))
      let after = try run.lines()
      #expect(before.count == 4 && after.count == 6 && before.allSatisfy { after.contains($0) })
      // Without axes it is the sweep that is there.
      let resumed = try BuiltProgram.run(["sweep", "--output", "sweep", "--resume", "--no-report"], in: run.folder)
      #expect(resumed.status == 0 && resumed.output.contains("6 done before"), "\(resumed.output)\(resumed.errors)")
    }

    /// Another axis keeps the trials whose settings are the same, and one axis less shows those of the sweep alone.
    @Test(.timeLimit(.minutes(1)), .enabled(if: isNightly)) func anotherAxisKeepsWhatIsDone() throws {
      let run = try SweepRun("--epochs", "1")
      func results() throws -> SweepResults { SweepResults(try run.files.description(), try run.files.records()) }
      try run.run(ranks: 2, "--learning-rate", "0.01,0.1")
      let result = try run.run(ranks: 2, "--learning-rate", "0.01,0.1", "--axis", "optimizer.momentum=0,0.5")
      #expect(result.output.contains("2 done before"))
      #expect(try run.lines().count == 4)
      #expect(try results().trials.map(\.trial) == [1, 2, 3, 4] && results().missingCount == 0)
      try run.run(ranks: 1, "--axis", "optimizer.learning_rate=0.1")
      #expect(try results().trials.map(\.point) == [["optimizer.learning_rate": .double(0.1)]])
      #expect(try results().strayCount == 3 && run.lines().count == 4)
    }

    /// Points that are the same training are one trial.
    @Test(.timeLimit(.minutes(1))) func duplicatesAreLeftOut() throws {
      let run = try SweepRun("--learning-rate", "0.01,0.1", "--random", "9", "--epochs", "1")
      let result = try run.run(ranks: 2)
      #expect(result.output.contains("7 of them are the same training"), "\(result.output)")
      #expect(try run.lines().count == 2 && run.files.description().trials == 2)
    }

    /// Trials that waited at rungs and were continued are the trainings that they would have been, also where early stopping
    /// keeps the best weights.
    @Test(.timeLimit(.minutes(1)), .enabled(if: isNightly)) func waitingChangesNoBit() throws {
      let run = try SweepRun(
        "--learning-rate", "0.05,0.1,0.15,0.2", "--set", "optimizer.momentum=0.9", "--epochs", "12", "--stopping",
        "halving", "--set", "early_stopping={patience: 50, restore_best_weights: true}")
      try run.run(ranks: 2)
      let record = try #require(try run.lines().first { $0.outcome == .completed })
      try AtomicFile.write(Array(record.configuration.utf8), to: run.folder("trial.yaml"))
      let result = try BuiltProgram.run(
        ["train", "--config", "trial.yaml", "--output", "run", "--quiet"], in: run.folder)
      try #require(result.status == 0, "\(result.errors)")
      let metrics = try TrainingRun.metrics(of: run.folder("run/metrics.jsonl")).filter { $0["epoch"] != nil }
      #expect(metrics.count == 12 && metrics.map { $0["loss"] } == record.curve.map(\.loss))
      #expect(metrics.map { $0["validation_loss"] } == record.curve.map(\.validationLoss))
    }

    /// A part that shares trials with one at work is refused, and so is a folder with something else in it.
    @Test(.timeLimit(.minutes(1))) func partsThatOverlap() throws {
      let run = try SweepRun("--l2", "0.1,0.2", "--epochs", "1")
      try run.run(ranks: 1, "--part", "1/2")
      try withExtendedLifetime(RunLock(folder: run.folder("sweep"), name: ".lock-part-1-of-2")) {
        let whole = try BuiltProgram.run(run.arguments, in: run.folder)
        #expect(
          whole.status == 75 && whole.errors.contains("part 1/2 of the sweep in it is at work"), "\(whole.errors)")
        try run.run(ranks: 1, "--part", "2/2")
      }
      #expect(try run.lines().count == 2)
      try AtomicFile.write([], to: run.folder("others.txt"))
      let other = try BuiltProgram.run(
        ["sweep", "--l2", "0,1", "--epochs", "1", "--store", BuiltProgram.digits, "--output", "."], in: run.folder)
      #expect(other.status == 65 && other.errors.contains("other files in it"), "\(other.errors)")
    }

    /// Flags lie over the sweep that is continued: what it may not change is said, the rest is done.
    @Test(.timeLimit(.minutes(1))) func flagsOfAResumedSweep() throws {
      let run = try SweepRun("--l2", "0.1,0.2", "--epochs", "1")
      try run.run(ranks: 1)
      func resume(_ flags: String...) throws -> MPIRun.Result {
        try BuiltProgram.run(["sweep", "--output", "sweep", "--resume", "--no-report"] + flags, in: run.folder)
      }
      let longer = try resume("--epochs", "2")
      #expect(longer.status == 65 && longer.errors.contains("epochs is 1 there and 2 here"), "\(longer.errors)")
      #expect(try resume("--repeats", "2").status == 0)
      #expect(try run.lines().map(\.seed).sorted() == [0, 0, 1, 1])
      #expect(try resume("--force").status == 64)
    }

    /// A network that only its last update has spoilt has diverged too.
    @Test(.timeLimit(.minutes(1))) func divergenceOfTheLastUpdate() throws {
      let run = try SweepRun("--learning-rate", "0.01,1e30", "--epochs", "1", "--batch-size", "2000")
      try run.run(ranks: 1)
      #expect(try run.lines().sorted { $0.trial < $1.trial }.map(\.outcome) == [.completed, .diverged])
    }

    /// A network of NaN says the first class of everything, which nine in ten images have: it is not the best.
    @Test(.timeLimit(.minutes(1)), arguments: [["1e-4", "1e30"], ["1e29", "1e30"]], ["none", "halving"])
    func whatDivergedIsNeverTheBest(rates: [String], stopping: String) throws {
      let run = try SweepRun("--learning-rate", rates.joined(separator: ","), "--epochs", "2", "--batch-size", "40")
      let labels = (0..<40).map { Int32($0 % 10 == 9 ? 1 : 0) }
      let samples = ImageStoreWriter.Samples(
        images: .float32(labels.enumerated().flatMap { number, _ in (0..<16).map { Float(($0 + number) % 7) } }),
        imageShape: [4, 4, 1], labels: .classes(labels))
      try ImageStoreWriter.write([.train: samples, .test: samples], classNames: ["a", "b"], to: run.folder("imb.h5"))
      let model =
        "model={name: m, layers: [Flatten, {Dense: {units: 8, activation: relu}}, {Dense: {units: 2, activation: softmax}}]}"
      let result = try run.run(ranks: 2, "--store", "imb.h5", "--set", model, "--stopping", stopping)
      let results = SweepResults(try run.files.description(), try run.files.records())
      let report = try BuiltProgram.run(["report", "sweep"], in: run.folder)
      let hasBest = FileManager.default.fileExists(atPath: "\(run.files.path)/best.yaml")
      #expect(results.trials.last?.outcome == .diverged, "\(results.trials)")
      if rates[0] == "1e-4" {
        #expect(results.bestTrial?.trial == 1 && hasBest)
        #expect(report.output.contains("(trial 1)"), "\(report.output)")
      } else {
        #expect(results.bestTrial == nil && !hasBest)
        #expect(!result.output.contains("best"), "\(result.output)")
        #expect(report.output.contains("best    none: all trials diverged"), "\(report.output)")
      }
    }

    /// A step without numbers ends a trial, unless such steps are to be skipped.
    @Test(.timeLimit(.minutes(1)), arguments: ["stop", "skip"]) func stepsWithoutNumbers(policy: String) throws {
      let run = try SweepRun(
        "--learning-rate", "0.01,0.1", "--epochs", "2", "--batch-size", "8", "--non-finite", policy)
      try WatchingTests.storeWithHugeNumber(in: run.folder)
      let model = "model={name: softmax, layers: [Flatten, {Dense: {units: 10, activation: softmax}}]}"
      try run.run(ranks: 3, "--store", "huge.h5", "--set", model)
      let outcome: TrialRecord.Outcome = policy == "skip" ? .completed : .diverged
      #expect(try run.lines().map(\.outcome) == [outcome, outcome])
    }

    /// Too many of them are no accident.
    @Test(.timeLimit(.minutes(1))) func skippingIsNoWayOut() throws {
      let run = try SweepRun("--learning-rate", "0.01,1e30", "--epochs", "1", "--non-finite", "skip")
      try run.run(ranks: 2, "--ranks-per-trial", "2")
      let records = try run.lines().sorted { $0.trial < $1.trial }
      #expect(records.map(\.outcome) == [.completed, .diverged])
      #expect(records.last?.reason?.contains("and 10 steps before it were skipped") == true, "\(records)")
    }

    /// Notes of ranks that hung in a job before are no news.
    @Test(.timeLimit(.minutes(1))) func notesOfAnotherJob() throws {
      let run = try SweepRun("--learning-rate", "0.01,0.1", "--epochs", "1")
      try run.run(ranks: 1)
      let notes = "\(run.files.path)/stalled.part-1-of-1.group-3"
      try FileManager.default.createDirectory(atPath: notes, withIntermediateDirectories: false)
      try Data("3 0 7\n".utf8).write(to: URL(filePath: notes + "/rank-0"))
      try run.run(ranks: 1)
      #expect(!FileManager.default.fileExists(atPath: notes))
    }

    /// So that the last trials are short ones, and groups end at about the same time.
    @Test(.timeLimit(.minutes(1))) func theLongestTrialsBegin() throws {
      let run = try SweepRun("--axis", "model.filters=2,20,7", "--epochs", "1")
      try run.run(ranks: 1)
      #expect(try run.lines().map(\.trial) == [2, 3, 1])
    }

    /// A trial that cannot be trained is a result with its message, and is tried again; the others are trained.
    @Test(.timeLimit(.minutes(1)), arguments: [1, 2]) func aTrialThatFails(ranksPerTrial: Int) throws {
      let run = try SweepRun(
        "--axis", "model.kernel_size=[3, 9]", "--epochs", "1", "--ranks-per-trial", "\(ranksPerTrial)")
      let result = try run.run(ranks: 2)
      #expect(result.output.contains("1 failed"), "\(result.output)")
      let records = try run.lines().sorted { $0.trial < $1.trial }
      #expect(records.map(\.outcome) == [.completed, .failed])
      #expect(records.last?.reason?.contains("conv2d") == true, "\(records)")
      try run.run(ranks: 2)
      #expect(try run.lines().map(\.outcome).filter { $0 == .failed }.count == 2)
    }

    @Test(.timeLimit(.minutes(1)), arguments: isNightly ? ["median", "halving"] : ["halving"]) func trialsAreStopped(
      rule: String
    ) throws {
      let run = try SweepRun(
        "--learning-rate", "1e-4:10:log6", "--l2", "0.001,0.01", "--epochs", "9", "--stopping", rule)
      try run.run(ranks: 2)
      let records = try run.lines()
      #expect(Set(records.map(\.key)).count == 12 && records.count == 12)
      let stopped = records.filter { $0.outcome == .stopped }
      #expect(!stopped.isEmpty && stopped.allSatisfy { $0.epochs < 9 && $0.reason?.contains("at epoch") == true })
      #expect(stopped.allSatisfy { $0.curve.count == $0.epochs && !$0.validation.isEmpty })
      #expect(records.contains { $0.outcome == .completed && $0.epochs == 9 })
      // Continued with the same rule there is nothing to do, without it there is.
      try run.run(ranks: 1)
      #expect(try run.lines().count == 12)
      try run.run(ranks: 2, "--stopping", "none")
      #expect(try run.files.records().allSatisfy { $0.outcome != .stopped })
    }

    @Test(.timeLimit(.minutes(1))) func dryRunsListTrials() throws {
      let folder = try TemporaryFolder()
      let result = try BuiltProgram.run(
        ["sweep", "--learning-rate", "1e-5:10:log7", "--l2", "1e-5:10:log7", "--dry-run", "--part", "2/2"], in: folder)
      #expect(result.status == 0 && result.output.contains("24 trials, part 2/2 of 49"), "\(result.errors)")
      #expect(result.output.contains("8  learning-rate 0.0001, l2 1e-05, seed 0"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test(
      .timeLimit(.minutes(1)),
      arguments: halfByDay(
        [
          (["--l2", "1:1:log3"], 65, "empty"), (["--l2", "1:0.1:lin3"], 65, "reversed"),
          (["--l2", "0:1:log3"], 65, "begins above 0"), (["--axis", "optimizer.momentu=0,1"], 65, "momentum"),
          (["--axis", "model.filter=3"], 65, "no layer has a 'filter'"), ([], 65, "--learning-rate 1e-5:10:log7"),
          (["--l2", "0:1:lin1000", "--learning-rate", "0.1:1:lin1000"], 65, "--yes"),
          (["--l2", "0,1", "--ranks-per-trial", "2"], 65, "the job has 1"),
          (["--l2", "0,1", "--part", "3/2"], 65, "1/4"),
          (["--l2", "0,1", "--stopping", "soon"], 65, "halving"), (["--l2", "a,b"], 65, "l2"),
          (["--sweep", "none.yaml"], 66, "none.yaml"),
          (["--l2", "0,1", "--resume", "--output", "no"], 66, "to resume"),
          (["--l2", "0:1:lin"], 65, "--random"), (["--l2", "0:1:lin", "--random", "0"], 65, "random"),
          (["--l2", "0,1", "--random", "3", "--latin-hypercube", "3"], 64, "use one"),
        ] as [([String], Int32, String)]))
    func badInput(arguments: [String], status: Int32, words: String) throws {
      let folder = try TemporaryFolder()
      let output = arguments.contains("--output") ? [] : ["--output", "sweep"]
      let result = try BuiltProgram.run(
        ["sweep", "--store", BuiltProgram.digits, "--epochs", "1"] + arguments + output, in: folder)
      #expect(result.status == status && result.errors.contains(words), "\(result.status): \(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty, "nothing is left")
    }

    /// `train` takes one number.
    @Test(.timeLimit(.minutes(1))) func trainTakesNoRange() throws {
      let result = try BuiltProgram.run(["train", "--l2", "0.1,0.2"], in: TemporaryFolder())
      #expect(result.status == 65 && result.errors.contains("cnn-dist sweep"), "\(result.errors)")
    }

    /// Another sweep's folder is said with what differs, and kept by --force; a run's folder is refused.
    @Test(.timeLimit(.minutes(1))) func foldersOfOthers() throws {
      let run = try SweepRun("--l2", "0.001,0.01")
      try run.run(ranks: 1, "--epochs", "1")
      let other = try BuiltProgram.run(run.arguments + ["--epochs", "2"], in: run.folder)
      #expect(other.status == 65 && other.errors.contains("epochs is 1 there and 2 here"), "\(other.errors)")
      #expect(try run.lines().count == 2)
      try run.run(ranks: 1, "--epochs", "2", "--force")
      #expect(try run.lines().map(\.epochs) == [2, 2])
      #expect(try SweepFolder.records(in: run.folder("sweep/journal-1/part-1-of-1.group-0.jsonl")).count == 2)

      // A journal of another version of the program, or of another store.
      for (key, words) in [("program", "version"), ("store_fingerprint", "store's fingerprint")] {
        let path = run.files.descriptionFile
        let before = try FileReadError.contents(of: path)
        var object = try #require(
          try JSONSerialization.jsonObject(with: Data(before)) as? [String: Any])
        object[key] = "0.0.0"
        try AtomicFile.write(Array(JSONSerialization.data(withJSONObject: object)), to: path)
        let result = try BuiltProgram.run(run.arguments + ["--epochs", "2"], in: run.folder)
        #expect(result.status == 65 && result.errors.contains(words), "\(result.errors)")
        try AtomicFile.write(before, to: path)
      }

      let training = try TrainingRun("--epochs", "1")
      try training.train(ranks: 1)
      let result = try BuiltProgram.run(
        ["sweep", "--l2", "0,1", "--epochs", "1", "--store", BuiltProgram.digits, "--output", "run"],
        in: training.folder)
      #expect(result.status == 65 && result.errors.contains("a training run"), "\(result.errors)")
    }

    /// A disk that is full before the sweep ends: 74, every journal whole; then there is room, and it goes on.
    @Test(.timeLimit(.minutes(1)), .enabled(if: geteuid() == 0)) func fullDisk() throws {
      let run = try SweepRun()
      let script = """
        set -u
        mkdir disk && mount -t tmpfs -o size=32k tmpfs disk || exit 99
        mpirun -n 2 "$@" --output disk/sweep > first.out 2> first.err
        echo "first: $?"
        cat disk/sweep/journal/*.jsonl > first.jsonl
        mount -o remount,size=100M disk
        mpirun -n 2 "$@" --output disk/sweep > second.out 2> second.err
        echo "second: $?"
        mkdir -p sweep && cp -r disk/sweep/journal sweep/
        """
      let program = [
        BuiltProgram.path(of: "cnn-dist"), "sweep", "--store", BuiltProgram.digits, "--l2", "1e-5:1:log30", "--epochs",
        "2",
        "--quiet", "--no-report",
      ]
      let job = try MPIRun(command: ["unshare", "-m", "sh", "-c", script, "sh"] + program, in: run.folder.path)
      let result = try job.wait()
      #expect(result.output == "first: 74\nsecond: 0\n", "\(result.output)\(result.errors)")
      let errors = try String(contentsOfFile: run.folder("first.err"), encoding: .utf8)
      #expect(errors.contains("No space left on device"), "\(errors)")
      let first = try SweepFolder.records(in: run.folder("first.jsonl"))
      #expect((1..<30).contains(first.count), "\(first.count)")
      #expect(try Data(contentsOf: URL(filePath: run.folder("first.jsonl"))).last == UInt8(ascii: "\n"))
      #expect(try Set(run.lines().map(\.key)).count == 30 && run.lines().count == 30)
    }
  }
}

extension SweepRun {
  init(folder: TemporaryFolder, arguments: [String]) {
    self.folder = folder
    self.arguments = arguments
  }
}
