import ArgumentParser
import Glibc
import HDF5
import MPI
import NeuralNetwork
import Numerics
import Reports
import Training

/// Writes the reports of runs and sweeps.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a run or of a sweep: a page that can be sent as one file, and its charts.",
    discussion: """
      Written into the folder: report.html (one file, to be sent to anyone) and charts/; of a sweep also results.csv, \
      results.json and best.yaml. What still trains can be reported on too. Charts are drawn by gnuplot, if there is one.

      Of a run: curves, the confusion matrix, wrong predictions; with --record-parameters the network, epoch by epoch.
      Of a sweep: heat maps, curves, tables, and the best trial's settings.

      Examples:
        cnn-dist report runs/digits
        cnn-dist report sweeps/digits
        firefox sweeps/digits/report.html
      """)

  @Argument(help: "The folder of a run or a sweep; several are reported on one after the other.")
  var folders: [String]

  @Flag(help: "Replace what is in the way, though no report has written it.")
  var force = false

  func run() throws {
    // The model of a run is evaluated as training does it. One rank does all; others that there may be wait at the end.
    let environment =
      try folders.contains { !SweepFolder($0).hasSweep && RunFolder($0).hasRun } ? Environment() : nil
    let alone: Communicator? = try environment.map { try $0.world.split(color: $0.world.rank, key: 0) }
    if Rank.ofThisProcess == 0 {
      for folder in folders {
        let outcome = try report(on: folder, alone)
        try StandardOutput.writeAsIs(outcome.terminalText)
        if let complaint = outcome.complaint { StandardErrorLog.logger.warning("\(complaint)") }
      }
    }
    try environment?.finalize()
  }

  private func report(on folder: String, _ alone: Communicator?) throws -> ReportOutcome {
    let folder = Path.withoutSlashes(folder)
    let sweep = SweepFolder(folder)
    if !force { try ReportPlace(folder).requireNothingForeign() }
    if sweep.hasSweep || alone != nil && RunFolder(folder).hasRun {
      // Of two reports at the same time one would remove the other's charts.
      let lock = try RunLock(folder: folder, name: ".lock-report", patience: nil)
      return try withExtendedLifetime(lock) {
        guard !sweep.hasSweep, let alone else { return try SweepReport(sweep).write() }
        return try RunReporting(folder: RunFolder(folder)).write(on: alone)
      }
    }
    // Says so if there is nothing at all.
    if access(folder, F_OK) != 0 { _ = try FileReadError.contents(of: folder) }
    throw ConfigurationError(
      "there is nothing to report on: expected a run's folder, or a sweep's, with the file sweep.json", at: folder,
      advice: "name a folder that `cnn-dist train` or `cnn-dist sweep` has written")
  }
}

extension ReportOutcome {
  /// What is printed: for the terminal that somebody watches, or plain.
  var terminalText: String {
    let terminal = Terminal.ofThisProcess()
    return text(width: terminal?.width, colors: .ofThisProcess(isTerminal: terminal != nil))
  }
}
