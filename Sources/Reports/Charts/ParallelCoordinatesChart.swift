import Glibc

/// Each trial as a line over all settings to what it yielded, which colours it.
public struct ParallelCoordinatesChart: Chart {
  /// One of the upright axes.
  public struct Axis: Sendable {
    /// What is along it.
    public var title: String
    /// Where the trials are along it; nil of a trial that is not.
    public var positions: [Double?]
    /// Whether equal factors have equal lengths.
    public var isLogarithmic: Bool
    /// Its labels, by position.
    public var labels: [(position: Double, text: String)]

    /// The ends of the axis, scaled.
    var ends: ClosedRange<Double> {
      let all = (positions.compactMap { $0 } + labels.map(\.position)).map(scaled)
      return (all.min() ?? 0)...(all.max() ?? 1)
    }

    /// Where a position is between these ends, from 0 at the lower one to 1.
    func height(_ position: Double, _ ends: ClosedRange<Double>) -> Double {
      let length = ends.upperBound - ends.lowerBound
      return length > 0 ? (scaled(position) - ends.lowerBound) / length : 0.5
    }

    private func scaled(_ number: Double) -> Double { isLogarithmic && number > 0 ? log(number) : number }
  }

  /// The name of its files.
  public var name: String
  /// What it shows.
  public var title: String
  /// The axes; the last one is what the trials yielded.
  public var axes: [Axis]
  /// The numbers of the trials, in the order of the positions.
  public var trials: [Int]
  /// The place of the best one among them.
  public var best: Int?
  /// What the trials yielded.
  public var measure: Measure
  /// Its colours.
  public var scale: ColorScale

  /// Wider with more axes.
  public var size: ChartSize { ChartSize(width: max(620, 170 * axes.count + 160), height: 420) }

  /// A row for each trial and axis, the better trials last and so on top.
  public var table: CSV {
    guard let numbers = axes.last?.positions else { return CSV(header: []) }
    let heights = axes.map { axis in
      let ends = axis.ends
      return axis.positions.map { position in position.map { axis.height($0, ends) } }
    }
    let worst = scale.higherIsBrighter ? -Double.infinity : .infinity
    let ordered = trials.indices.sorted { measure.isBetter(numbers[$1] ?? worst, than: numbers[$0] ?? worst) }
    var table = CSV(header: ["trial", "axis", "setting", "position", "height", "number", "best"])
    for trial in ordered where numbers[trial] != nil {
      for (index, axis) in axes.enumerated() {
        table.rows.append([
          "\(trials[trial])", "\(index)", axis.title, CSV.field(axis.positions[trial]),
          CSV.field(heights[index][trial]), CSV.field(numbers[trial]), trial == best ? "1" : "0",
        ])
      }
      table.rows.append([])
    }
    return table
  }

  /// The axes, drawn by hand.
  public var settings: [String] {
    var settings = ["unset key", "unset grid", "set border 0", "set tics scale 0", "unset ytics"]
    settings.append("set style textbox opaque noborder fillcolor rgb 'white' margins 0.3,0.3")
    settings += ["set xrange [-0.4:\(axes.count - 1).4]", "set yrange [-0.04:1.04]"]
    let titles = axes.enumerated().map { ($1.title, Double($0)) }
    settings.append("set xtics (\(Gnuplot.tics(titles))) noenhanced")
    for (index, axis) in axes.enumerated() {
      settings.append("set arrow from \(index),0 to \(index),1 nohead linecolor rgb '#444444' front")
      let ends = axis.ends
      for label in axis.labels {
        settings.append(
          "set label \(Gnuplot.quoted(label.text)) at \(index),\(axis.height(label.position, ends)) "
            + "center boxed noenhanced front font ',11'")
      }
    }
    return settings + ["set cblabel \(Gnuplot.quoted(measure.title)) noenhanced"] + scale.settings
  }

  /// The trials, and the best one over them.
  public var layers: [String] {
    [
      "data skip 1 using 2:5:6 with lines linewidth 1.2 linecolor palette",
      "data skip 1 using 2:($7 == 1 ? $5 : NaN) with lines linewidth 3 linecolor rgb '#d1495b'",
    ]
  }
}
