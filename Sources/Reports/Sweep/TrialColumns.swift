import Numerics

/// The table of all trials on the page of a sweep.
struct TrialColumns {
  private struct Column {
    var title: String
    var isNumber: Bool
    /// What is shown, and what is sorted by if that is something else.
    var cell: (TrialRecord) -> (text: String, value: String?)
  }

  private let results: SweepResults
  private let columns: [Column]

  /// The columns for a sweep: settings, what they yielded, time and speed.
  init(_ results: SweepResults) {
    self.results = results
    var columns = [Column(title: "trial", isNumber: true) { ("\($0.trial)", nil) }]
    columns += results.axes.map { axis in
      Column(title: axis.title, isNumber: axis.scale != .listed) { trial in
        let value = trial.point[axis.setting]
        return (axis.label(of: value), value?.number.map { CSV.field($0) })
      }
    }
    if results.description.repeats > 1 {
      columns.append(Column(title: "seed", isNumber: true) { ("\($0.seed)", nil) })
    }
    columns.append(Column(title: "outcome", isNumber: false) { ($0.outcome.rawValue, nil) })
    for measure in results.measures {
      for split in results.splits {
        columns.append(
          Column(title: "\(results.title(of: split)) \(measure.title)", isNumber: true) { trial in
            let number = trial.numbers(split)[measure.name]
            return (number.map { measure.text($0) } ?? "", CSV.field(number))
          })
      }
    }
    self.columns =
      columns + [
        Column(title: "epochs", isNumber: true) { ("\($0.epochs)", nil) },
        Column(title: "seconds", isNumber: true) { (Text.fixed($0.seconds, 2), nil) },
        Column(title: "images/s", isNumber: true) { trial in
          trial.imagesPerSecond > 0
            ? (Text.grouped(trial.imagesPerSecond), CSV.field(trial.imagesPerSecond)) : ("", nil)
        },
      ]
  }

  /// What the headings show.
  var headings: [PageContent] { columns.map { ["title": $0.title, "isNumber": $0.isNumber] } }

  /// What the rows show.
  var rows: [PageContent] {
    results.trials.map { trial in
      [
        "isBest": trial.key == results.bestTrial?.key,
        "cells": columns.map { column in
          let (text, value) = column.cell(trial)
          var cell: PageContent = ["text": text, "isNumber": column.isNumber]
          if let value, value != text { cell["value"] = value }
          return cell
        },
      ]
    }
  }
}
