import Foundation
import TestSupport
import Testing
import Training

extension ProgramTests {
  /// Two processes and one folder.
  @Suite struct LockTests {
    /// Job scripts come again on 75: whoever holds the folder ends at some time.
    @Test(.enabled(if: isNightly), .timeLimit(.minutes(1))) func aFolderInUseIsNoPermanentError() throws {
      let run = try TrainingRun("--epochs", "1")
      try run.train(ranks: 1)
      let lock = try RunLock(folder: run.path(""))
      let second = try BuiltProgram.run(run.arguments + ["--resume", "--epochs", "2"], in: run.folder)
      #expect(second.status == 75)
      #expect(
        second.errors.contains("another process is training into it (process \(getpid()) on "), "\(second.errors)")
      withExtendedLifetime(lock) {}
    }

    /// mpirun is killed; its ranks take a moment to end, which the next job waits for.
    @Test(.timeLimit(.minutes(1))) func aJobWhoseLauncherWasKilledIsWaitedFor() throws {
      let run = try TrainingRun("--epochs", "300000", "--checkpoint-every", "20 steps", "--quiet")
      let job = try BuiltProgram.start(run.arguments, ranks: 2, in: run.folder)
      while run.checkpoints.isEmpty && job.isRunning { usleep(20_000) }
      kill(job.processIdentifier, SIGKILL)
      let next = try BuiltProgram.start(run.arguments + ["--resume"], ranks: 2, in: run.folder)
      let newest = run.newestCheckpoint
      while run.newestCheckpoint < newest + 200 && next.isRunning { usleep(20_000) }
      #expect(next.isRunning)
      kill(next.processIdentifier, SIGKILL)
      _ = try (job.wait(), next.wait())
      run.expectNoProcesses()
    }

    /// Without locks of the file system, or of open files too, one of two gets in.
    @Test(.timeLimit(.minutes(1)), arguments: isNightly ? [false, true] : [true])
    func aFileSystemWithoutLocks(withoutAny: Bool) throws {
      let run = try TrainingRun("--epochs", "300000", "--quiet")
      let source = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <stdarg.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int flock(int descriptor, int operation) { errno = ENOSYS; return -1; }
        #if \(withoutAny ? 1 : 0)
        static int control(int descriptor, int command, void *argument) {
          if (command == F_OFD_SETLK) { errno = ENOLCK; return -1; }
          return syscall(SYS_fcntl, descriptor, command, argument);
        }
        int fcntl(int descriptor, int command, ...) {
          va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list);
          return control(descriptor, command, argument);
        }
        int fcntl64(int descriptor, int command, ...) {
          va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list);
          return control(descriptor, command, argument);
        }
        #endif
        """
      try source.write(toFile: run.folder("nolocks.c"), atomically: true, encoding: .utf8)
      let compiled = try MPIRun(
        command: ["clang", "-shared", "-fPIC", "-o", run.folder("nolocks.so"), run.folder("nolocks.c")]
      ).wait()
      try #require(compiled.status == 0, "\(compiled.errors)")
      let environment = ["LD_PRELOAD": run.folder("nolocks.so"), "HDF5_USE_FILE_LOCKING": "FALSE"]
      try TrainingRun("--epochs", "1", in: run.folder).train(ranks: 1)
      let jobs = try (0..<2).map { _ in
        try BuiltProgram.start(run.arguments + ["--resume"], environment: environment, in: run.folder)
      }
      while jobs.allSatisfy(\.isRunning) { usleep(20_000) }
      let refused = try #require(jobs.first { !$0.isRunning }).wait()
      #expect(refused.status == 75 && refused.errors.contains("another process is training"), "\(refused.errors)")
      let trains = try #require(jobs.first { $0.isRunning })
      kill(trains.processIdentifier, SIGTERM)
      #expect(try trains.wait().status == 75)
    }

    /// Jobs that are given no folder, at once: each takes one of its own, and one that cannot begin leaves none.
    @Test(.timeLimit(.minutes(1))) func jobsWithoutAFolder() throws {
      let folder = try TemporaryFolder()
      func start(_ arguments: String...) throws -> MPIRun {
        try BuiltProgram.start(arguments + ["--epochs", "1", "--quiet"], in: folder)
      }
      let jobs = try (0..<4).map { _ in try start("train", "--store", BuiltProgram.digits) }
      let results = try jobs.map { try $0.wait() }
      #expect(results.allSatisfy { $0.status == 0 }, "\(results.map(\.errors))")
      #expect(try start("train", "--store", #filePath).wait().status == 65)
      let sweeps = try (0..<2).map { _ in
        try start("sweep", "--store", BuiltProgram.digits, "--l2", "0,0.1", "--no-report")
      }
      #expect(try sweeps.allSatisfy { try $0.wait().status == 0 })
      let names = try FileManager.default.contentsOfDirectory(atPath: folder("runs"))
      #expect(names.count == 6 && names.count { $0.hasPrefix("digits-") } == 4, "\(names)")
    }
  }
}
