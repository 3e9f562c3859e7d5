import Foundation
import MPI
import TestSupport
import Testing

/// Everything that starts jobs, one after the other: the machine has few cores.
@Suite(.serialized, .oneAtATime, .enabled(if: !isRank)) struct Jobs {
  /// Runs the suites in ``RankTests``, on several ranks, by starting this very test bundle under mpirun.
  @Suite struct Launcher {
    @Test(.timeLimit(.minutes(2)), arguments: isNightly ? [1, 2, 3, 5, 8] : [3, 8]) func rankTests(ranks: Int) throws {
      try run(ranks: ranks, filter: "RankTests")
    }

    /// Windows are in a file system without space, as in a container with a small /dev/shm.
    @Test(.timeLimit(.minutes(1))) func withoutSharedMemory() throws {
      try run(
        ranks: 3, filter: "RankTests.WithoutSharedMemory", environment: ["OMPI_MCA_osc_sm_backing_directory": "/proc"])
    }

    /// One rank leaves by an error while the others wait for it.
    @Test(.timeLimit(.minutes(1))) func oneRankEndsTheJob() throws {
      let job = try startRanks(3, filter: "RankTests.LeavingByAnError", environment: ["CNN_DIST_LEAVE": "1"])
      let result = try job.wait()
      #expect(result.status == 65, "\(result.output)\(result.errors)")
    }

    private func run(ranks: Int, filter: String, environment: [String: String] = [:]) throws {
      let result = try startRanks(ranks, filter: filter, environment: environment).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      // A filter that fits nothing passes too.
      let passed = result.errors.components(separatedBy: "Test run with").dropFirst().count { $0.contains("passed") }
      #expect(passed == ranks && !result.errors.contains("with 0 tests"), "\(result.errors)")
    }

    private func startRanks(_ ranks: Int, filter: String, environment: [String: String]) throws -> MPIRun {
      let arguments = ["--testing-library", "swift-testing", "--no-parallel", "--filter", filter]
      return try MPIRun(ranks: ranks, CommandLine.arguments[0], arguments, environment: environment, timeout: 100)
    }
  }
}

/// The tests that ranks run, all the same ones in the same order, on the main thread as MPI demands.
@MainActor @Suite(.serialized, .enabled(if: isRank)) struct RankTests {
  /// MPI, started once per process and finalized when it exits.
  ///
  /// Unsafe only in the eyes of the compiler: `atexit` runs after all tests.
  nonisolated(unsafe) static let environment: Environment = {
    do {
      let environment = try Environment()
      atexit { try? RankTests.environment.finalize() }
      return environment
    } catch {
      fatalError("\(error)")
    }
  }()

  static var world: Communicator { environment.world }
}
