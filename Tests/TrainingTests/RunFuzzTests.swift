import Foundation
import TestSupport
import Testing

/// Damaged runs, resumed by a process of its own: a crash, a hang or too much memory would end it.
///
/// `Tests/Fuzzer` says how runs are damaged and what may come out; a failure names the mutation, and
/// `Fuzzer run --from I --to I+1 --keep FOLDER` repeats it.
@Suite(.enabled(if: !isRank)) struct RunFuzzTests {
  @Test(.timeLimit(.minutes(isNightly ? 30 : 5))) func damagedRunsAreRefusedOrEndTheSame() throws {
    let folder = try TemporaryFolder()
    let seconds = amount("FUZZ_RUN_SECONDS", byDay: 120)
    let runs =
      ["\(amount("FUZZ_RUNS", byDay: 1000))", "--seconds", "\(seconds)"] + (isNightly ? ["--thorough"] : [])
    let run = try MPIRun(
      command: [BuiltProgram.path(of: "Fuzzer"), "run", "--memory", "4096", "--to"] + runs,
      environment: ["SWIFT_BACKTRACE": "enable=no"], in: folder.path, timeout: seconds + 300
    ).wait()
    let lines = run.output.split(separator: "\n")
    let last = lines.last ?? ""
    #expect(run.status == 0, "after \(last): \(lines.filter { $0.contains("MISTAKE") }) \(run.errors)")
    // Damage that is never found, or always, would test little.
    for outcome in ["done", "CheckpointError ", "ConfigurationError ", "HDF5Error ", "FileReadError ", "same "] {
      #expect(last.contains(outcome), "\(last)")
    }
  }
}
