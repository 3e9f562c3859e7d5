import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// A system that does what systems rarely do: libraries that are loaded before all others put its functions in the place of
  /// their own.
  @Suite struct SystemFaultTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Compiles a library of replacements.
    private func library(_ source: String) throws -> [String: String] {
      try ("#define _GNU_SOURCE\n" + source).write(toFile: folder("fault.c"), atomically: true, encoding: .utf8)
      let compiler = try MPIRun(
        command: ["mpicc", "-shared", "-fPIC", "-o", folder("fault.so"), folder("fault.c"), "-ldl"]
      ).wait()
      try #require(compiler.status == 0, "\(compiler.errors)")
      return ["LD_PRELOAD": folder("fault.so"), "SWIFT_BACKTRACE": "enable=no"]
    }

    private func train(_ faults: [String: String], ranks: Int, _ flags: [String]) throws -> MPIRun.Result {
      try MPIRun(
        ranks: ranks, BuiltProgram.path(of: "cnn-dist"),
        ["train", "--store", BuiltProgram.digits, "--output", "run", "--quiet"] + flags, environment: faults,
        in: folder.path, timeout: 30
      ).wait()
    }

    /// `MPI_Allreduce` need not give all ranks the same sums: what it gives one of them alone sends none a way of its own.
    @Test(
      .timeLimit(.minutes(2)),
      arguments: [("NAN", "stop"), ("NAN", "skip")] + (isNightly ? [("1e30", "stop"), ("NAN", "ignore")] : []))
    func sumsThatDiffer(value: String, policy: String) throws {
      let faults = try library(
        """
        #include <math.h>
        #include <mpi.h>
        int MPI_Allreduce(const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
          static int call;
          int code = PMPI_Allreduce(from, to, count, type, op, comm), rank;
          PMPI_Comm_rank(comm, &rank);
          if (rank == 1 && type == MPI_FLOAT && ++call == 20) ((float *)to)[count / 2] = \(value);
          return code;
        }
        """)
      let flags = ["--allreduce", "mpi", "--epochs", "3", "--check-every", "10", "--non-finite", policy]
      let result = try train(faults, ranks: 3, flags)
      // A replica that is another one is found; a number that is none is refused by all or skipped by all.
      let right: [Int32] = policy == "skip" ? [0] : [65, 70]
      #expect(right.contains(result.status), "\(result.output)\(result.errors)")
      #expect(!result.messages.isEmpty, "what happened is said")
    }

    /// Somebody sets the clock back an hour while all ranks train: bits stay, and so does a length of time.
    @Test(.timeLimit(.minutes(1))) func aClockThatIsSetBack() throws {
      let faults = try library(
        """
        #include <dlfcn.h>
        #include <time.h>
        #include <sys/time.h>
        static long back(void) { static int calls; return ++calls > 40 ? 3600 : 0; }
        int clock_gettime(clockid_t clock, struct timespec *time) {
          int code = ((int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime"))(clock, time);
          if (clock == CLOCK_REALTIME) time->tv_sec -= back();
          return code;
        }
        int gettimeofday(struct timeval *time, void *zone) {
          int code = ((int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday"))(time, zone);
          time->tv_sec -= back();
          return code;
        }
        """)
      let flags = ["--epochs", "30", "--checkpoint-every", "1s", "--stall-timeout", "5s", "--on-stall", "abort"]
      let result = try train(faults, ranks: 2, flags)
      #expect(result.status == 0 && result.messages.isEmpty, "\(result.output)\(result.errors)")
      let reference = try FinishedRun("--epochs", "30")
      #expect(try Data(contentsOf: URL(filePath: folder("run/model.h5"))) == reference.contents["model.h5"])
      let stopped = try train(faults, ranks: 2, ["--epochs", "1000000", "--resume", "--deadline", "3s"])
      #expect(stopped.status == 75 && stopped.seconds < 20, "\(stopped.output)\(stopped.errors)")
    }

    /// Whichever thread it is that cannot be started, the job does without or says so; it never hangs, nor ends by a signal.
    @Test(.timeLimit(.minutes(5)), arguments: isNightly ? Array(1...9) : [1, 3], isNightly ? [1, 3] : [2])
    func threadsThatCannotBeStarted(first: Int, ranks: Int) throws {
      let faults = try library(
        """
        #include <dlfcn.h>
        #include <errno.h>
        #include <pthread.h>
        #include <string.h>
        int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context) {
          static int call;
          Dl_info caller;
          if (dladdr(__builtin_return_address(0), &caller) && strstr(caller.dli_fname, "cnn-dist") && ++call >= \(first))
            return EAGAIN;
          return ((int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(
            RTLD_NEXT, "pthread_create"))(thread, attributes, run, context);
        }
        """)
      let result = try train(faults, ranks: ranks, ["--epochs", "2"])
      #expect([0, 70].contains(result.status), "\(result.output)\(result.errors)")
      if result.status == 70 {
        #expect(result.errors.contains("cannot be started: Resource temporarily unavailable"), "\(result.errors)")
      }
    }
  }
}
