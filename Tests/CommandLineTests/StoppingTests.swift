import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Runs that are asked to stop: all ranks do, after the same step, with a checkpoint from which the run goes on.
  @Suite struct StoppingTests {
    private static let settings = ["--checkpoint-every", "3", "--log-every", "1"]

    /// Starts a run that would go on for ever, and waits until it trains.
    private func start(_ run: TrainingRun, ranks: Int, _ flags: [String] = []) throws -> MPIRun {
      let job = try BuiltProgram.start(
        run.arguments + Self.settings + ["--epochs", "100000"] + flags, ranks: ranks, in: run.folder)
      try job.wait { try FileManager.default.fileExists(atPath: run.path("metrics.jsonl")) && run.metrics().count > 20 }
      return job
    }

    /// Expects that the run was stopped by `reason` and is whole: it goes on, on `ranks`, as if nothing had been.
    private func expectStopped(
      _ run: TrainingRun, _ result: MPIRun.Result, by reason: String, resumeOn ranks: Int
    ) throws {
      #expect(result.status == 75, "\(result.output)\(result.errors)")
      let stopped = run.newestCheckpoint
      #expect(result.messages.count == 1, "\(result.messages)")
      let message = result.messages.first ?? ""
      #expect(message.contains("stopped early by \(reason): there is a checkpoint of step \(stopped);"), "\(message)")
      #expect(message.contains("--output run --resume"))
      #expect(!FileManager.default.fileExists(atPath: run.path("done")))
      #expect(!FileManager.default.fileExists(atPath: run.path("model.h5")))
      // Nobody has gone a step further.
      #expect(try run.metrics().compactMap { $0["step"] }.max() == Double(stopped))
      let epochs = ["--epochs", "\(stopped / 15 + 2)"]
      let reference = try FinishedRun(Self.settings + epochs)
      let resume = run.arguments + Self.settings + epochs + ["--resume"]
      let resumed = try BuiltProgram.run(resume, ranks: ranks, in: run.folder)
      try #require(resumed.status == 0, "\(resumed.errors)")
      try reference.expectSameEnd(run)
    }

    /// A signal to mpirun, which passes it on to all ranks, or to one rank alone.
    @Test(
      .timeLimit(.minutes(2)),
      arguments: [(SIGUSR1, "SIGUSR1", false, 3), (SIGTERM, "SIGTERM", true, 2)]
        + (isNightly ? [(SIGUSR1, "SIGUSR1", true, 2)] : []))
    func signal(number: Int32, name: String, toOneRank: Bool, ranks: Int) throws {
      let run = try TrainingRun()
      let job = try start(run, ranks: ranks)
      kill(toOneRank ? try #require(job.ranks.last) : job.processIdentifier, number)
      try expectStopped(run, try job.wait(), by: name, resumeOn: 1)
    }

    /// By itself, as in a terminal.
    @Test(.timeLimit(.minutes(2)), arguments: [(SIGINT, "SIGINT")] + (isNightly ? [(SIGTERM, "SIGTERM")] : []))
    func withoutMpirun(number: Int32, name: String) throws {
      let run = try TrainingRun()
      let job = try start(run, ranks: 1)
      kill(job.processIdentifier, number)
      try expectStopped(run, try job.wait(), by: name, resumeOn: 2)
    }

    /// mpirun passes SIGTERM on, but gives ranks a second and says 1 whatever they say: what was done is there.
    @Test(.timeLimit(.minutes(2))) func terminatedThroughMpirun() throws {
      let run = try TrainingRun()
      let job = try start(run, ranks: 2)
      kill(job.processIdentifier, SIGTERM)
      let result = try job.wait()
      #expect(result.status == 1 || result.status == 75)
      #expect(!FileManager.default.fileExists(atPath: run.path("done")))
      #expect(run.newestCheckpoint > 0)
    }

    /// Handlers run on a thread of their own: where a matrix product packs its operands, the stack pointer points into the
    /// heap, and a signal's frame would be written over it.
    @Test(.timeLimit(.minutes(1)), arguments: ["train", "sweep"])
    func theThreadThatCalculatesTakesNoSignals(command: String) throws {
      let folder = try TemporaryFolder()
      let axes = command == "sweep" ? ["--learning-rate", "0.01,0.02"] : []
      let job = try BuiltProgram.start(
        [command, "--store", BuiltProgram.digits, "--epochs", "100000"] + axes, ranks: 1, in: folder)
      defer { kill(job.processIdentifier, SIGKILL) }
      let taking = "/proc/\(job.processIdentifier)/task"
      // The bits of the signals that ask a run to stop, in the kernel's order.
      let stops: UInt64 = [SIGHUP, SIGINT, SIGUSR1, SIGTERM].reduce(0) { $0 | 1 << UInt64($1 - 1) }
      func blocked(_ thread: String) throws -> UInt64 {
        let status = try String(contentsOfFile: "\(taking)/\(thread)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") })
        return try #require(UInt64(line.split(separator: "\t")[1], radix: 16)) & stops
      }
      func taker() throws -> String? {
        try FileManager.default.contentsOfDirectory(atPath: taking).first {
          try String(contentsOfFile: "\(taking)/\($0)/comm", encoding: .utf8) == "cnn-dist signal\n"
        }
      }
      try job.wait { try taker() != nil }
      #expect(try blocked("\(job.processIdentifier)") == stops)
      let thread = try #require(try taker())
      try job.wait { try blocked(thread) == 0 }
    }

    /// Ranks that cannot come to the end of a step are ended by a second signal.
    @Test(.timeLimit(.minutes(1))) func secondSignal() throws {
      let run = try TrainingRun()
      let job = try start(run, ranks: 2)
      let ranks = job.ranks
      try #require(ranks.count == 2)
      kill(ranks[1], SIGSTOP)
      kill(ranks[0], SIGUSR1)
      sleep(3)
      #expect(job.isRunning)
      kill(ranks[0], SIGUSR1)
      #expect(try job.wait().status == 128 + SIGUSR1)
    }

    @Test(.timeLimit(.minutes(2)), arguments: isNightly ? [true, false] : [true]) func deadline(isSlurms: Bool) throws {
      let run = try TrainingRun()
      let arguments = run.arguments + Self.settings + ["--epochs", "100000"]
      // The end of a job, less a minute.
      let end = Int(Date.now.timeIntervalSince1970) + 62
      let result = try BuiltProgram.run(
        arguments + (isSlurms ? [] : ["--deadline", "2s"]), ranks: 2,
        environment: isSlurms ? ["SLURM_JOB_END_TIME": "\(end)"] : ["SLURM_JOB_END_TIME": "1"], in: run.folder)
      try expectStopped(run, result, by: "the deadline", resumeOn: 3)
    }

    /// A job that is resumed with no time left makes a step all the same: else it might be requeued for ever.
    @Test(.timeLimit(.minutes(1))) func noTimeAtAll() throws {
      let run = try TrainingRun()
      for step in 1...2 {
        let result = try BuiltProgram.run(
          run.arguments + ["--epochs", "2", "--deadline", "0s"] + (step > 1 ? ["--resume"] : []), in: run.folder)
        #expect(result.status == 75, "\(result.errors)")
        #expect(run.newestCheckpoint == step)
      }
    }

    /// Before the first step, here in front of a pipe that never says anything, there is nothing to wait for.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: [("train", SIGTERM, 1), ("sweep", SIGUSR1, 1), ("train", SIGINT, 2), ("doctor", SIGTERM, 1)]
        + (isNightly
          ? [("train", SIGHUP, 1), ("sweep", SIGTERM, 2), ("train", SIGUSR1, 2), ("doctor", SIGINT, 1)] : []))
    func beforeTheFirstStep(command: String, number: Int32, ranks: Int) throws {
      let folder = try TemporaryFolder()
      #expect(mkfifo(folder("run.yaml"), 0o600) == 0)
      let axis = command == "sweep" ? ["--learning-rate", "0.1,0.2"] : []
      let job = try BuiltProgram.start([command, "--config", "run.yaml"] + axis, ranks: ranks, in: folder)
      let isReading = { open(folder("run.yaml"), O_WRONLY | O_NONBLOCK | O_CLOEXEC) }
      var pipe = isReading()
      job.wait {
        if pipe < 0 { pipe = isReading() }
        return pipe >= 0
      }
      defer { close(pipe) }
      kill(job.processIdentifier, number)
      let result = try job.wait()
      #expect(result.seconds < 20)
      let isPassedOn = ranks == 1 || number == SIGUSR1
      if command == "doctor" {
        #expect(result.status == 128 + number)
      } else {
        #expect(result.status == 75 || !isPassedOn && result.status == 1, "\(result.status) \(result.errors)")
        if isPassedOn { #expect(result.messages.first?.contains("stopped early by a signal before") == true) }
      }
    }

    @Test func deadlineThatIsNone() throws {
      let run = try TrainingRun()
      let result = try BuiltProgram.run(run.arguments + ["--deadline", "soon"], ranks: 3, in: run.folder)
      #expect(result.status == 65)
      #expect(
        result.messages == [
          "cnn-dist: --deadline: expected a length of time or a moment, found 'soon'; "
            + "write 55m, 2h or 2026-11-27T06:00:00Z"
        ])
    }
  }
}
