import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Output that nobody reads, as behind `less`, after Ctrl-S, or of an mpirun that was told to end: it holds nothing up.
  @Suite struct UnreadOutputTests {
    /// Starts a command whose standard output, or that of every rank, is a full pipe.
    ///
    /// - Parameter after: what the shell does beside it; `<&9` is what reads the pipe.
    private func start(
      _ arguments: [String], ranks: Int, in folder: TemporaryFolder, after: String = "exec "
    ) throws -> MPIRun {
      let rank = "exec \"$@\" >pipe"
      let job = "mpirun --mca odls_base_sigkill_timeout 5 -n \(ranks) bash -c '\(rank)' rank \"$@\""
      let script = """
        mkfifo pipe; exec 9<>pipe; head -c 65536 /dev/zero >&9
        \(after)\(ranks == 1 ? "\"$@\" >&9 9>&-" : job)
        """
      let program = [BuiltProgram.path(of: "cnn-dist")] + arguments
      return try MPIRun(command: ["bash", "-c", script, "bash"] + program, in: folder.path)
    }

    @Test(
      .timeLimit(.minutes(1)),
      arguments: [(1, SIGTERM), (2, SIGUSR1)]
        + (isNightly ? [(2, SIGINT), (1, SIGINT), (1, SIGHUP), (1, SIGUSR1), (2, SIGTERM)] : []))
    func stoppedTraining(ranks: Int, signal: Int32) throws {
      let run = try TrainingRun("--log-every", "1", "--epochs", "300000")
      let job = try start(run.arguments, ranks: ranks, in: run.folder)
      try job.wait {
        try FileManager.default.fileExists(atPath: run.path("metrics.jsonl")) && run.metrics().count > 20
      }
      kill(job.processIdentifier, signal)
      let result = try job.wait()
      // What mpirun is told to end by it makes 1 of whatever ranks say.
      #expect(result.status == 75 || ranks > 1 && signal != SIGUSR1 && result.status == 1, "\(result.errors)")
      #expect(run.newestCheckpoint > 0)
      #expect(try run.metrics().compactMap { $0["step"] }.max() == Double(run.newestCheckpoint))
    }

    @Test(
      .timeLimit(.minutes(1)),
      arguments: [(1, SIGTERM)] + (isNightly ? [(3, SIGUSR1), (1, SIGINT), (1, SIGHUP)] : []))
    func stoppedSweep(ranks: Int, signal: Int32) throws {
      let folder = try TemporaryFolder()
      let arguments = [
        "sweep", "--store", BuiltProgram.digits, "--learning-rate", "0.001,0.01,0.02", "--epochs", "300000", "--output",
        "sweep",
      ]
      let job = try start(arguments, ranks: ranks, in: folder)
      let log = folder("sweep/logs/part-1-of-1.group-0.log")
      try job.wait { try FileManager.default.fileExists(atPath: log) && !Data(contentsOf: URL(filePath: log)).isEmpty }
      usleep(200_000)
      kill(job.processIdentifier, signal)
      let result = try job.wait()
      #expect(result.status == 75, "\(result.errors)")
      #expect(result.messages.last?.contains("the same command with --output sweep trains") == true, "\(result.errors)")
    }

    /// Without a stop a run comes to its end, too.
    @Test(.timeLimit(.minutes(1)), .enabled(if: isNightly)) func theEnd() throws {
      let run = try TrainingRun("--epochs", "2")
      let result = try start(run.arguments, ranks: 1, in: run.folder).wait()
      #expect(result.status == 0 && FileManager.default.fileExists(atPath: run.path("done")), "\(result.errors)")
    }

    /// A slow reader misses nothing.
    @Test(.timeLimit(.minutes(1))) func whoReadsLate() throws {
      let folder = try TemporaryFolder()
      let arguments = ["summary", "digits"]
      let expected = try BuiltProgram.run(arguments, in: folder).output
      let reader = "(exec 9<pipe; sleep 1; exec cat <&9 >out) & "
      let job = try start(arguments, ranks: 1, in: folder, after: reader)
      #expect(try job.wait().status == 0)
      let deadline = Date(timeIntervalSinceNow: 10)
      func found() throws -> Data { try Data(contentsOf: URL(filePath: folder("out"))).dropFirst(65536) }
      while try found().count < expected.utf8.count, Date() < deadline { usleep(10_000) }
      #expect(try String(decoding: found(), as: UTF8.self) == expected)
    }

    /// A file that is opened in place of a closed stream would be written over by what is printed.
    @Test(.timeLimit(.minutes(1))) func closedStreams() throws {
      let run = try TrainingRun("--epochs", "1")
      let reference = try FinishedRun("--epochs", "1")
      let program = [BuiltProgram.path(of: "cnn-dist")] + run.arguments
      let job = try MPIRun(command: ["bash", "-c", "exec \"$@\" <&- >&- 2>&-", "bash"] + program, in: run.folder.path)
      #expect(try job.wait().status == 0)
      try reference.expectSameEnd(run)
    }
  }
}
