import Glibc
import HDF5
import NeuralNetwork
import Numerics

/// The report of a sweep: a page, charts, tables, and the settings of the best trial, in the sweep's folder.
public struct SweepReport {
  /// The sweep's folder.
  public let folder: SweepFolder
  /// What is in it.
  public let results: SweepResults

  /// Reads the folder of a sweep, be it done or not.
  ///
  /// - Throws: `FileReadError` or `ConfigurationError` if the folder has no sweep, or not one of ours.
  public init(_ folder: SweepFolder) throws {
    self.folder = folder
    let description = try folder.description()
    guard description.repeats > 0, description.trials >= 0, description.epochs >= 0 else {
      throw ConfigurationError(
        "expected at least one seed at a point and no negative number, found repeats \(description.repeats), "
          + "trials \(description.trials), epochs \(description.epochs)", at: folder.descriptionFile,
        advice: "the file was changed after it was written")
    }
    results = SweepResults(description, try folder.records())
  }

  /// Writes `report.html`, `charts/`, `results.csv`, `results.json` and `best.yaml`.
  ///
  /// - Returns: what there is to say about it.
  /// - Throws: `FileWriteError` if a file cannot be written.
  public func write() throws -> ReportOutcome {
    let charts = SweepCharts(results)
    try AtomicFile.write(Array(TrialTable(results: results).csv.text.utf8), to: "\(folder.path)/results.csv")
    try AtomicFile.write(ResultsFile(results).bytes(), to: "\(folder.path)/results.json")
    if let best = results.bestTrial {
      try AtomicFile.write(Array(best.configuration.utf8), to: "\(folder.path)/best.yaml")
    } else {
      // That of an earlier report would be taken for the best of this one.
      unlink("\(folder.path)/best.yaml")
    }
    let (figures, complaint) = try ChartFolder("\(folder.path)/charts").draw(charts.settings + charts.curves)
    let page = SweepPage(
      results: results, charts: charts, settingFigures: Array(figures.prefix(charts.settings.count)),
      curveFigures: Array(figures.dropFirst(charts.settings.count)), complaint: complaint, command: trainingCommand)
    try page.page.write(to: "\(folder.path)/report.html")
    return ReportOutcome(
      page: "\(folder.path)/report.html", heatMap: charts.terminalMap, lines: lines, complaint: complaint)
  }

  /// The command that trains the best trial again.
  var trainingCommand: String {
    "mpirun -n 8 cnn-dist train --config \(Text.shellWord("\(folder.path)/best.yaml"))"
  }

  private var lines: [String] {
    var lines: [String] = []
    if let index = results.bestPoint, let best = results.bestTrial {
      lines.append("best    \(results.text(of: results.points[index])) (trial \(best.trial))")
      lines.append("train   \(trainingCommand)")
    } else {
      let allDiverged = !results.trials.isEmpty && results.trials.allSatisfy { $0.outcome == .diverged }
      lines.append("best    none: " + (allDiverged ? "all trials diverged" : "no trial has a number yet"))
    }
    return ["sweep   \(results.summary)"] + lines + ["report  \(folder.path)/report.html"]
  }
}

extension SweepResults {
  /// How far the sweep has come, in a line.
  var summary: String {
    var parts = TrialRecord.Outcome.allCases.filter { count($0) > 0 }.map { "\(Text.grouped(count($0))) \($0)" }
    if missingCount > 0 { parts.append("\(Text.grouped(missingCount)) missing") }
    let seconds = trials.reduce(0) { $0 + $1.seconds }
    return "\(description.model) on \(description.store): \(Text.count(description.trials, "trial"))"
      + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))") + "; trained for \(Text.duration(seconds)) in all"
  }

  /// What a point yielded, and where it is: `test accuracy 0.976 ± 0.001 at learning rate η 10⁻², L2 λ 10⁻³`.
  func text(of point: SweepPoint) -> String {
    let numbers = splits.reversed().compactMap { split in
      point.spread(measure.name, split).map { spread in
        "\(measureTitle(on: split)) \(measure.text(spread.mean))"
          + (spread.deviation.map { " ± \(measure.text($0))" } ?? "")
      }
    }
    let place = axes.map { "\($0.title) \($0.label(of: point.trials.first?.point[$0.setting]))" }
    return numbers.joined(separator: ", ") + (place.isEmpty ? "" : " at \(place.joined(separator: ", "))")
  }
}
