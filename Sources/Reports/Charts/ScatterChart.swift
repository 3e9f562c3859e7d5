/// Trials as points over two settings, coloured by what they yielded.
public struct ScatterChart: Chart {
  /// A trial.
  public struct Point: Sendable {
    /// Its number.
    public var trial: Int
    /// Where it is from left to right.
    public var x: Double
    /// Where it is from below.
    public var y: Double
    /// What it yielded; nil if nothing.
    public var number: Double?
    /// How it ended.
    public var outcome: TrialRecord.Outcome
    /// Whether it is the best.
    public var isBest: Bool
  }

  /// The name of its files.
  public var name: String
  /// What it shows.
  public var title: String
  /// The setting from left to right.
  public var horizontal: ChartAxis
  /// The setting from below.
  public var vertical: ChartAxis
  /// The trials.
  public var points: [Point]
  /// What the numbers are.
  public var measure: Measure
  /// Their colours.
  public var scale: ColorScale

  /// Its size.
  public var size: ChartSize { ChartSize(width: 620, height: 460) }

  /// A row for each trial, the better ones last and so on top.
  public var table: CSV {
    let worst = scale.higherIsBrighter ? -Double.infinity : .infinity
    let ordered = points.sorted { measure.isBetter($1.number ?? worst, than: $0.number ?? worst) }
    return CSV(
      header: ["trial", "x", "y", "number", "outcome", "best"],
      rows: ordered.map {
        [
          "\($0.trial)", CSV.field($0.x), CSV.field($0.y), CSV.field($0.number), $0.outcome.rawValue,
          $0.isBest ? "1" : "0",
        ]
      })
  }

  /// The axes and the palette.
  public var settings: [String] {
    horizontal.settings("x") + vertical.settings("y")
      + ["set key below height 0.7", "set cblabel \(Gnuplot.quoted(measure.title)) noenhanced"] + scale.settings
  }

  /// Each way to end has a shape of its own.
  public var layers: [String] {
    let styles: [(TrialRecord.Outcome, Int, String)] = [
      (.failed, 8, "linecolor rgb '#777777'"), (.diverged, 2, "linecolor rgb '#777777'"),
      (.stopped, 6, "linecolor palette"), (.completed, 7, "linecolor palette"),
    ]
    var layers: [String] = []
    for (outcome, type, color) in styles where points.contains(where: { $0.outcome == outcome }) {
      layers.append(
        "data skip 1 using (strcol(5) eq '\(outcome)' ? $2 : NaN):3:4 with points pointtype \(type) pointsize 0.9 "
          + "linewidth 1.6 \(color) title '\(outcome)'")
      if color == "linecolor rgb '#777777'" {
        // Without the number, which these may not have.
        layers[layers.count - 1] = layers[layers.count - 1].split(separator: ":3:4 ").joined(separator: ":3 ")
      }
    }
    layers.append(
      "data skip 1 using ($6 == 1 ? $2 : NaN):3 with points pointtype 6 pointsize 2 linewidth 2.5 "
        + "linecolor rgb '#d1495b' title 'best'")
    return layers
  }
}
