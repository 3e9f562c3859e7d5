import Foundation

/// A job started by `mpirun`, or any other command: real processes, their output in files.
public final class MPIRun {
  /// How a job ended.
  public struct Result: Sendable {
    /// The exit code of mpirun, which is that of the first rank that failed; 128 and the signal if it was killed.
    public let status: Int32
    /// What was written to standard output.
    public let output: String
    /// What was written to standard error.
    public let errors: String
    /// How long it took.
    public let seconds: Double
  }

  private let process = Process()
  private let folder = try? TemporaryFolder()
  private let begin = Date()
  private let deadline: Date

  /// The process of mpirun, to send signals to.
  public var processIdentifier: Int32 { process.processIdentifier }
  /// Whether the job has not ended yet.
  public var isRunning: Bool { process.isRunning }
  /// What the job has written to standard output so far.
  public var outputSoFar: String { (try? contents("out")) ?? "" }

  /// Starts `ranks` ranks of `executable`; mpirun ends the job after `timeout` seconds (exit code 110).
  public convenience init(
    ranks: Int, _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
    in workingFolder: String? = nil, timeout: Int = 60
  ) throws {
    try self.init(
      command: ["mpirun", "-n", "\(ranks)", "--timeout", "\(timeout)", executable] + arguments,
      environment: environment, in: workingFolder, timeout: timeout + 10)
  }

  /// Starts `command`, looked for in the path, in an environment in which it may call mpirun; it is killed after
  /// `timeout` seconds.
  public init(
    command: [String], environment: [String: String] = [:], in workingFolder: String? = nil, timeout: Int = 60
  ) throws {
    deadline = Date(timeIntervalSinceNow: Double(timeout))
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment
      .merging(Self.environment) { $1 }
      .merging(environment) { $1 }
    if let workingFolder { process.currentDirectoryURL = URL(filePath: workingFolder) }
    // mpirun reads standard input for rank 0. Output goes to files: nothing can block on a full pipe.
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try output("out")
    process.standardError = try output("err")
    // The threads that tests run on block signals, and a process would inherit that.
    var (none, blocked) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &blocked)
    defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
    try process.run()
  }

  /// Waits for the end of the job; kills it should even mpirun's own timeout not end it.
  public func wait() throws -> Result {
    while process.isRunning {
      if Date() > deadline { kill(process.processIdentifier, SIGKILL) }
      usleep(5_000)
    }
    let signalled = process.terminationReason == .uncaughtSignal
    return Result(
      status: process.terminationStatus + (signalled ? 128 : 0), output: try contents("out"),
      errors: try contents("err"), seconds: Date().timeIntervalSince(begin))
  }

  /// More ranks than cores, as root in a container, one thread each.
  private static let environment = [
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMP_NUM_THREADS": "1",
  ]

  private func path(_ name: String) -> URL { URL(filePath: folder?.path ?? "/").appending(path: name) }

  private func contents(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: path(name)), as: UTF8.self)
  }

  private func output(_ name: String) throws -> FileHandle {
    try Data().write(to: path(name))
    return try FileHandle(forWritingTo: path(name))
  }
}
