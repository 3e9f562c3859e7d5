import Foundation

/// A job started by `mpirun`: real ranks of any program.
final class MPIRun {
  /// How a job ended.
  struct Result {
    /// The exit code of mpirun, which is that of the first rank that failed; 128 and the signal if it was killed.
    let status: Int32
    let output: String
    let errors: String
  }

  private let process = Process()
  private let folder: URL
  private let deadline: Date

  /// The process of mpirun, to send signals to.
  var processIdentifier: Int32 { process.processIdentifier }

  /// Starts `ranks` ranks of `executable`; mpirun ends the job after `timeout` seconds (exit code 110).
  init(
    ranks: Int, _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], timeout: Int = 60
  ) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "mpirun-\(UUID().uuidString)")
    deadline = Date(timeIntervalSinceNow: Double(timeout) + 10)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["mpirun", "-n", "\(ranks)", "--timeout", "\(timeout)", executable] + arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(Self.environment) { $1 }
      .merging(environment) { $1 }
    // mpirun reads standard input for rank 0. Output goes to files: nothing can block on a full pipe.
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try output("out")
    process.standardError = try output("err")
    try process.run()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Waits for the end of the job; kills mpirun should even its own timeout not end it.
  func wait() throws -> Result {
    while process.isRunning {
      if Date() > deadline { kill(process.processIdentifier, SIGKILL) }
      usleep(5_000)
    }
    let signalled = process.terminationReason == .uncaughtSignal
    return Result(
      status: process.terminationStatus + (signalled ? 128 : 0),
      output: try String(contentsOf: folder.appending(path: "out"), encoding: .utf8),
      errors: try String(contentsOf: folder.appending(path: "err"), encoding: .utf8))
  }

  /// More ranks than cores, as root in a container, one thread each.
  private static let environment = [
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMP_NUM_THREADS": "1",
  ]

  private func output(_ name: String) throws -> FileHandle {
    let file = folder.appending(path: name)
    try Data().write(to: file)
    return try FileHandle(forWritingTo: file)
  }
}
