import NeuralNetwork

/// All trials of a sweep, a row each, with all digits: `results.csv`.
struct TrialTable {
  let results: SweepResults

  /// The table as CSV.
  var csv: CSV {
    let names = TrialSplit.allCases.map { split in
      (split, results.trials.reduce(into: Set<String>()) { $0.formUnion($1.numbers(split).keys) }.sorted())
    }
    var table = CSV(header: ["trial"] + results.axes.map(\.setting) + ["seed", "outcome", "reason", "epochs"])
    table.header += names.flatMap { split, names in names.map { "\(split)_\($0)" } }
    table.header += ["seconds", "training_seconds", "images_per_second", "group", "finished", "key"]
    table.rows = results.trials.map { trial in
      var row = ["\(trial.trial)"] + results.axes.map { trial.point[$0.setting]?.text ?? "" }
      row += ["\(trial.seed)", trial.outcome.rawValue, trial.reason ?? "", "\(trial.epochs)"]
      row += names.flatMap { split, names in names.map { CSV.field(trial.numbers(split)[$0]) } }
      row += [trial.seconds, trial.trainingSeconds, trial.imagesPerSecond].map { CSV.field($0) }
      return row + ["\(trial.group)", trial.finished, trial.key]
    }
    return table
  }
}
