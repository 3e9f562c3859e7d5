import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// `cnn-dist doctor`, and what every training begins with, where something is really wrong.
  @Suite struct DoctorCommandTests {
    private let folder: TemporaryFolder
    private let program = BuiltProgram.path(of: "cnn-dist")
    private let doctor = ["doctor", "--store", BuiltProgram.digits]
    private let training = ["train", "--store", BuiltProgram.digits, "--epochs", "1", "--output", "run", "--quiet"]

    init() throws { folder = try TemporaryFolder() }

    /// Runs a command of several words, each of which may be a list.
    private func run(_ command: [String]..., environment: [String: String] = [:]) throws -> MPIRun.Result {
      try MPIRun(command: Array(command.joined()), environment: environment, in: folder.path).wait()
    }

    private func mpirun(_ options: String...) -> [String] { ["mpirun", "--timeout", "50"] + options }

    /// Whether a training has begun in the run's folder.
    private var hasRun: Bool { FileManager.default.fileExists(atPath: folder("run")) }

    /// Compiles a library that replaces a function of the system for the ranks that preload it.
    private func replacement(_ source: String) throws -> String {
      try source.write(toFile: folder("replacement.c"), atomically: true, encoding: .utf8)
      let path = folder("replacement.so")
      let result = try run(["clang", "-shared", "-fPIC", "-o", path, folder("replacement.c")])
      try #require(result.status == 0, "\(result.errors)")
      return path
    }

    /// All checks, and nothing left behind.
    @Test(arguments: isNightly ? [1, 2, 3, 8] : [1, 8]) func aHealthyMachineIsFine(ranks: Int) throws {
      let result = try BuiltProgram.run(doctor, ranks: ranks, in: folder)
      #expect(result.status == 0)
      #expect(result.errors == "")
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 11)
      #expect(lines.allSatisfy { $0.hasPrefix("ok ") && $0.count < 130 }, "\(result.output)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    /// As under an srun that Open MPI does not understand; a batch script is no such thing.
    @Test func singletonsAreRefused() throws {
      let step = ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "0", "SLURM_NTASKS": "4"]
      let result = try run([program], training, environment: step)
      #expect(result.status == 70)
      #expect(result.errors.contains("started 4 processes (SLURM_STEP_NUM_TASKS), but each is alone"))
      #expect(result.errors.contains("srun --mpi=pmix"))
      #expect(!hasRun)
      // Only the first of them speaks.
      #expect(try run([program], training, environment: step.merging(["SLURM_PROCID": "2"]) { $1 }).errors == "")
      #expect(try run([program], training, environment: ["SLURM_NTASKS": "4", "SLURM_PROCID": "0"]).status == 0)
      #expect(hasRun)
    }

    @Test func anotherInstructionSetIsRefused() throws {
      let limit = ["-n", "1", "-x", "ONEDNN_MAX_CPU_ISA=SSE41", program]
      let result = try run(mpirun("-n", "2", program), training, [":"], limit, training)
      #expect(result.status == 65)
      #expect(result.errors.contains(#/cnn-dist: rank 2 \(.*\): SSE4.1; rank 0 \(.*\): AVX/#))
      #expect(result.errors.contains("mpirun -x ONEDNN_MAX_CPU_ISA=SSE41"))
      #expect(result.messages.count == 1)
      #expect(!hasRun)
    }

    @Test func anotherProgramIsRefused() throws {
      var bytes = try Data(contentsOf: URL(filePath: program))
      bytes.append(0)
      try bytes.write(to: URL(filePath: folder("other")))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder("other"))
      let result = try run(
        mpirun("-n", "1", program), doctor, [":", "-n", "1", folder("other")], doctor)
      #expect(result.status == 65)
      #expect(result.output.contains(#/error +program +rank 1 \(.*\): another program than that of rank 0/#))
    }

    @Test func ranksOnOneCoreAreNamed() throws {
      guard ProcessInfo.processInfo.activeProcessorCount > 1 else { return }
      let result = try run(mpirun("-n", "2", "--bind-to", "none", "taskset", "-c", "0", program), training)
      #expect(result.status == 0)
      #expect(result.errors.contains("cnn-dist: warning: ranks 0 and 1 share core 0 of "))
      #expect(result.errors.contains("\n  cure  mpirun --map-by core --bind-to core"))
    }

    /// A host file may declare more slots than there are cores: mpirun does not know then that ranks must yield.
    @Test func waitingRanksYield() throws {
      let ranks = ProcessInfo.processInfo.activeProcessorCount + 1
      func examine(_ setting: String...) throws -> MPIRun.Result {
        try run(
          mpirun("-n", "\(ranks)", "--host", "localhost:\(ranks)"), setting, [program], doctor,
          ["--virtual-shards", "\(max(8, ranks))"], environment: ["OMPI_MCA_rmaps_base_oversubscribe": "0"])
      }
      #expect(try examine().output.contains(#/ok +waiting +ranks that wait give up the core/#))
      guard isNightly else { return }
      let spinning = try examine("-x", "OMPI_MCA_mpi_yield_when_idle=0")
      #expect(spinning.status == 0)
      #expect(spinning.output.contains(#/warning +waiting +.* for \d+ ranks, and ranks 0 to \d+ keep/#))
    }

    @Test func tooLittleSharedMemoryIsAWarning() throws {
      let script = "mount -t tmpfs -o size=100k tmpfs /dev/shm && exec \"$@\""
      let result = try run(["unshare", "-m", "sh", "-c", script, "sh"], mpirun("-n", "2", program), doctor)
      #expect(result.status == 0)
      #expect(result.output.contains(#/warning +sums +gradients go by messages \(no shared memory on the node of/#))
      #expect(result.output.contains("/dev/shm has 102400 bytes free"))
      #expect(result.output.contains("mount -o remount,size=1G /dev/shm"))
    }

    /// One rank calls itself another host, with a clock that is 90 seconds ahead.
    @Test func aClockThatIsWrongIsNamed() throws {
      let library = try replacement(
        """
        #define _GNU_SOURCE
        #include <time.h>
        #include <unistd.h>
        #include <sys/syscall.h>
        int clock_gettime(clockid_t clock, struct timespec *time) {
          int result = syscall(SYS_clock_gettime, clock, time);
          if (clock == CLOCK_REALTIME) time->tv_sec += 90;
          return result;
        }
        """)
      let script = "hostname elsewhere && LD_PRELOAD=\(library) exec \"$@\""
      let other = ["unshare", "-u", "sh", "-c", script, "sh", program]
      let result = try run(mpirun("-n", "1", program), training, [":", "-n", "1"], other, training)
      #expect(result.status == 0)
      #expect(result.errors.contains("cnn-dist: warning: the clock of elsewhere is 1 min 30 s ahead of that of "))
    }

    /// A file system without locks, as some network file systems are mounted.
    @Test func aFileSystemWithoutLocksIsNamed() throws {
      let library = try replacement(
        """
        #include <errno.h>
        int flock(int descriptor, int operation) {
          errno = ENOLCK;
          return -1;
        }
        """)
      let without = try run([program], doctor, environment: ["LD_PRELOAD": library])
      #expect(without.status == 74)
      #expect(without.output.contains(#/error +locks +rank 0 \(.*\): HDF5 cannot read/#))
      #expect(without.output.contains("HDF5_USE_FILE_LOCKING=FALSE"))
      let cured = try run(
        [program], doctor, environment: ["LD_PRELOAD": library, "HDF5_USE_FILE_LOCKING": "FALSE"])
      #expect(cured.status == 0)
      // Another way to lock is found.
      #expect(cured.output.contains(#/ok +locks/#))
    }

    @Test func tooLittleDiskIsAnError() throws {
      let script = "mkdir disk && mount -t tmpfs -o size=200k tmpfs disk && exec \"$@\""
      let result = try run(["unshare", "-m", "sh", "-c", script, "sh", program], doctor, ["--output", "disk/run"])
      #expect(result.status == 74)
      #expect(result.output.contains("error    disk     disk has 204.8 kB free, 6 checkpoints of"))
    }

    @Test func aFolderThatCannotBeWrittenIsAnError() throws {
      let result = try run([program], doctor, ["--output", "/proc/run"])
      #expect(result.status == 74)
      #expect(result.output.contains(#/error +locks +rank 0 \(.*\) cannot write/#))
    }

    @Test func aStoreThatIsNotThereIsNamed() throws {
      let result = try run([program], ["doctor", "--store", "nothing.h5"])
      #expect(result.status == 66)
      #expect(result.output.contains(#/error +store +rank 0 \(.*\) cannot use the store: nothing.h5/#))
    }
  }
}
