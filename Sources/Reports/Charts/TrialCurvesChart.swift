/// The learning curves of many trials, faint, with the best one over them.
public struct TrialCurvesChart: Chart {
  /// The curve of a trial.
  public struct Curve: Sendable {
    /// The trial's number.
    public var trial: Int
    /// Its epochs and what they yielded.
    public var points: [(epoch: Int, number: Double)]
    /// Whether it is the best trial.
    public var isBest: Bool
  }

  /// The name of its files.
  public var name: String
  /// What it shows.
  public var title: String
  /// What is drawn over the epochs.
  public var vertical: ChartAxis
  /// The curves.
  public var curves: [Curve]

  /// Its size.
  public var size: ChartSize { .curves }

  /// A row for each epoch of each trial, an empty one between trials.
  public var table: CSV {
    var table = CSV(header: ["trial", "epoch", "number", "best"])
    for curve in curves {
      for point in curve.points {
        table.rows.append(["\(curve.trial)", "\(point.epoch)", CSV.field(point.number), curve.isBest ? "1" : "0"])
      }
      table.rows.append([])
    }
    return table
  }

  /// The axes.
  public var settings: [String] {
    ChartAxis.epochs(curves.flatMap { $0.points.map { Double($0.epoch) } }).settings("x") + vertical.settings("y") + [
      "set key below height 0.7"
    ]
  }

  /// The curves, the fainter the more there are.
  public var layers: [String] {
    let opacity = curves.count > 60 ? "c0" : curves.count > 12 ? "a0" : "60"
    // A curve of one epoch is a point.
    let style = curves.contains { $0.points.count == 1 } ? "linespoints pointtype 7 pointsize 0.3" : "lines"
    var layers = [
      "data skip 1 using 2:3 with \(style) linewidth 1 linecolor rgb '#\(opacity)31688e' title 'all trials'"
    ]
    if let best = curves.first(where: \.isBest) {
      layers.append(
        "data skip 1 using 2:($4 == 1 ? $3 : NaN) with \(style) linewidth 2.5 linecolor rgb '#d1495b' "
          + "title 'trial \(best.trial), the best'")
    }
    return layers
  }
}
