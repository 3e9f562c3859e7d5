import Foundation

/// The programs that were built with the tests, and the files that come with them.
public enum BuiltProgram {
  /// The path of a program of the package: it lies beside the test bundle.
  public static func path(of name: String) -> String {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name).path(
      percentEncoded: false)
  }

  /// The real digits.
  public static let digits = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "datasets/digits.h5").path(percentEncoded: false)

  /// Runs `cnn-dist` with these arguments: under mpirun, or by itself for one rank.
  public static func run(
    _ arguments: [String], ranks: Int = 1, environment: [String: String] = [:], in folder: TemporaryFolder,
    timeout: Int = 60
  ) throws -> MPIRun.Result {
    try start(arguments, ranks: ranks, environment: environment, in: folder, timeout: timeout).wait()
  }

  /// Starts `cnn-dist` as ``run(_:ranks:environment:in:timeout:)`` does.
  public static func start(
    _ arguments: [String], ranks: Int = 1, environment: [String: String] = [:], in folder: TemporaryFolder,
    timeout: Int = 60
  ) throws -> MPIRun {
    let program = path(of: "cnn-dist")
    if ranks == 1 {
      return try MPIRun(
        command: [program] + arguments, environment: environment, in: folder.path, timeout: timeout)
    }
    return try MPIRun(
      ranks: ranks, program, arguments, environment: environment, in: folder.path, timeout: timeout)
  }
}
