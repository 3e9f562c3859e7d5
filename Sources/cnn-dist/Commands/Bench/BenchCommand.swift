import ArgumentParser

/// Measures the program on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure on this machine what the program promises to be quick at.",
    subcommands: [BenchReadCommand.self, BenchSweepCommand.self])
}
