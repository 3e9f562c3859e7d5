import NeuralNetwork
import Numerics

/// What the page of a sweep shows: the content of the template `Sweep`.
struct SweepPage {
  /// How many trials are listed with the reason for their end.
  private static let reasonLimit = 300

  let results: SweepResults
  let charts: SweepCharts
  let settingFigures: [Figure]
  let curveFigures: [Figure]
  let complaint: String?
  let command: String

  /// The page.
  var page: Page {
    Page(title: "Sweep of \(results.description.model)", template: "Sweep", content: content)
  }

  private var content: PageContent {
    let table = TrialColumns(results)
    var content: PageContent = [
      "facts": facts, "notes": notes, "settingFigures": settingFigures.map(\.content),
      "heatMaps": charts.heatMaps.map(Self.content), "hasHeatMaps": !charts.heatMaps.isEmpty,
      "hasSettings": !settingFigures.isEmpty || !charts.heatMaps.isEmpty, "isDrawn": complaint == nil,
      "curveFigures": curveFigures.map(\.content), "hasCurves": !curveFigures.isEmpty,
      "headings": table.headings, "rows": table.rows, "hasRows": !results.trials.isEmpty,
      "configuration": Page.lines(of: results.description.configuration), "remarks": charts.remarks,
      "hasDeviations": results.description.repeats > 1, "repeats": results.description.repeats,
    ]
    if let index = results.bestPoint, let best = results.bestTrial {
      content["best"] =
        [
          "text": results.text(of: results.points[index]).capitalizedFirst, "trial": best.trial, "command": command,
          "configuration": Page.lines(of: best.configuration), "seed": best.seed,
          "hasSeeds": results.points[index].trials.count > 1,
        ] as PageContent
    }
    let ended = results.trials.filter { $0.outcome != .completed }
    content["ended"] = ended.prefix(Self.reasonLimit).map { trial in
      [
        "trial": trial.trial, "place": place(of: trial), "outcome": trial.outcome.rawValue, "epochs": trial.epochs,
        "number": trial.numbers(results.judged)[results.measure.name].map { results.measure.text($0) } ?? "",
        "reason": trial.reason ?? "",
      ] as PageContent
    }
    content["hasEnded"] = !ended.isEmpty
    content["endedTitle"] = "\(results.measureTitle(on: results.judged))".capitalizedFirst
    if ended.count > Self.reasonLimit { content["endedRest"] = Text.grouped(ended.count - Self.reasonLimit) }
    if results.description.stopping != "none" { content["stopping"] = results.description.stopping }
    return content
  }

  private var facts: [PageContent] {
    let description = results.description
    let rates = results.trials.map(\.imagesPerSecond).filter { $0 > 0 }
    let seconds = results.trials.map(\.seconds)
    var facts = [
      ("Model", description.model), ("Store", description.store),
      ("Axes", results.axes.map { "\($0.title) (\($0.extent))" }.joined(separator: " × ")),
      ("Trials", "\(Text.grouped(results.trials.count)) of \(Text.grouped(description.trials))"),
      ("Epochs of a trial", Text.grouped(description.epochs)), ("Seeds at a point", "\(description.repeats)"),
      ("Validated on", description.validation ?? "nothing: training only"), ("Early stopping", description.stopping),
      ("Time of all trials", Text.duration(seconds.reduce(0, +))),
    ]
    facts += TrialRecord.Outcome.allCases.filter { results.count($0) > 0 && $0 != .completed }
      .map { ("\($0)".capitalizedFirst, Text.grouped(results.count($0))) }
    if let slowest = seconds.max(), let fastest = seconds.min() {
      facts.append(("Time of a trial", "\(Text.duration(fastest)) to \(Text.duration(slowest))"))
    }
    if let slowest = rates.min(), let fastest = rates.max() {
      facts.append(("Images a second, a trial", "\(Text.grouped(slowest)) to \(Text.grouped(fastest))"))
    }
    facts.append(("Program", "cnn-dist \(description.program)"))
    return facts.filter { !$0.1.isEmpty }.map { ["name": $0.0, "value": $0.1] }
  }

  private var notes: [String] {
    var notes: [String] = []
    if let complaint { notes.append("The charts are not drawn: \(complaint).") }
    if results.missingCount > 0 {
      notes.append(
        "\(Text.grouped(results.missingCount)) of \(Text.count(results.description.trials, "trial")) are still to be "
          + "trained: run the sweep's command again on this folder.")
    }
    if results.strayCount > 0 {
      notes.append(
        "\(Text.count(results.strayCount, "trial")) of points that the sweep no longer has are left out.")
    }
    if results.description.validation == nil {
      notes.append(
        "The store has no validation or test split: all numbers are those of the training split, on which too large a network looks good."
      )
    }
    return notes
  }

  private static func content(of map: HeatMap) -> PageContent {
    [
      "title": map.title, "rowTitle": map.rows.title, "columnTitle": map.columns.title, "columns": map.columns.labels,
      "legend": (map.legend + ["framed: the best"]).joined(separator: ", "),
      "rows": map.cells.enumerated().map { row, cells in
        [
          "label": map.rows.labels[row],
          "cells": cells.map { cell in
            var content: PageContent = [
              "number": map.text(cell) ?? "", "isBest": cell.isBest,
            ]
            if let deviation = cell.spread?.deviation { content["deviation"] = "± " + map.measure.text(deviation) }
            if !cell.marks.isEmpty { content["marks"] = cell.marks }
            if let color = map.color(cell) {
              content["color"] = color.hexadecimal
              content["ink"] = color.takesDarkInk ? "#000" : "#fff"
            }
            return content
          },
        ] as PageContent
      },
    ]
  }

  private func place(of trial: TrialRecord) -> String {
    let place = results.axes.map { "\($0.title) \($0.label(of: trial.point[$0.setting]))" }
    return (place + (results.description.repeats > 1 ? ["seed \(trial.seed)"] : [])).joined(separator: ", ")
  }
}
