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

  /// Each way to end has a shape of its own; what has diverged or failed may have no number to be coloured by.
  public var layers: [String] {
    let shapes: [(outcome: TrialRecord.Outcome, type: Int, isColored: Bool)] = [
      (.failed, 8, false), (.diverged, 2, false), (.stopped, 6, true), (.completed, 7, true),
    ]
    let layers = shapes.filter { shape in points.contains { $0.outcome == shape.outcome } }.map { shape in
      let columns = "(strcol(5) eq '\(shape.outcome)' ? $2 : NaN):3" + (shape.isColored ? ":4" : "")
      let color = shape.isColored ? "palette" : "rgb '#777777'"
      let style = "with points pointtype \(shape.type) pointsize 0.9 linewidth 1.6 linecolor"
      // In the key without a colour: that of a good number would be taken for the meaning of the shape.
      return
        "data skip 1 using \(columns) \(style) \(color) notitle, NaN \(style) rgb '#555555' title '\(shape.outcome)'"
    }
    guard points.contains(where: \.isBest) else { return layers }
    return layers + [
      "data skip 1 using ($6 == 1 ? $2 : NaN):3 with points pointtype 6 pointsize 2 linewidth 2.5 "
        + "linecolor rgb '#d1495b' title 'best'"
    ]
  }
}
