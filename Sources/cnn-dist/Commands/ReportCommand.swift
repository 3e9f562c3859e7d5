import ArgumentParser
import Glibc
import HDF5
import NeuralNetwork
import Reports
import Training

/// Writes the reports of sweeps.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a sweep: heat maps, curves, tables, and the best trial's settings.",
    discussion: """
      Written into the folder: report.html (one file, to be sent to anyone), charts/, results.csv, results.json and
      best.yaml. A sweep that still runs can be reported on too. Charts are drawn by gnuplot, if there is one.

      Examples:
        cnn-dist report sweeps/digits
        firefox sweeps/digits/report.html
      """)

  @Argument(help: "The folder of a sweep; several are reported on one after the other.")
  var folders: [String]

  func run() throws {
    // Should it be started by mpirun: one is enough.
    guard Rank.ofThisProcess == 0 else { return }
    for folder in folders {
      let outcome = try report(on: folder)
      try StandardOutput.write(outcome.terminalText)
      if let complaint = outcome.complaint { StandardErrorLog.logger.warning("\(complaint)") }
    }
  }

  private func report(on folder: String) throws -> ReportOutcome {
    var folder = folder
    while folder.count > 1 && folder.hasSuffix("/") { folder.removeLast() }
    let sweep = SweepFolder(folder)
    guard !sweep.hasSweep else { return try SweepReport(sweep).write() }
    // Says so if there is nothing at all.
    if access(folder, F_OK) != 0 { _ = try FileReadError.contents(of: folder) }
    throw ConfigurationError(
      "there is nothing to report on: expected a sweep's folder, with the file sweep.json", at: folder,
      advice: "name the folder that `cnn-dist sweep` has written")
  }
}

extension ReportOutcome {
  /// What is printed: for the terminal that somebody watches, or plain.
  var terminalText: String {
    let terminal = Terminal.ofThisProcess()
    return text(width: terminal?.width ?? 80, colors: .ofThisProcess(isTerminal: terminal != nil))
  }
}
