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

  /// Half the gap that an axis has for its numbers, where every line goes through one of them.
  private static let gap = 0.25

  /// As narrow as the names of the axes let it be: letters are to be read on a telephone, and in print.
  public var size: ChartSize { ChartSize(width: max(420, 135 * axes.count), height: 420) }

  /// A row for each end of a line, the better trials last and so on top.
  public var table: CSV {
    guard let numbers = axes.last?.positions else { return CSV(header: []) }
    let heights = axes.map { axis in
      let ends = axis.ends
      return axis.positions.map { position in position.map { axis.height($0, ends) } }
    }
    let worst = scale.higherIsBrighter ? -Double.infinity : .infinity
    let ordered = trials.indices.sorted { measure.isBetter(numbers[$1] ?? worst, than: numbers[$0] ?? worst) }
    var table = CSV(header: ["trial", "axis", "x", "setting", "position", "height", "number", "best"])
    for trial in ordered where numbers[trial] != nil {
      for (index, axis) in axes.enumerated() {
        for x in sides(of: index).suffix(index == 0 ? 1 : 2) {
          table.rows.append([
            "\(trials[trial])", "\(index)", CSV.field(x), axis.title, CSV.field(axis.positions[trial]),
            CSV.field(heights[index][trial]), CSV.field(numbers[trial]), trial == best ? "1" : "0",
          ])
          // The pen is lifted over the numbers.
          if x < Double(index) { table.rows.append([]) }
        }
      }
      table.rows.append([])
    }
    return table
  }

  /// The axes, drawn by hand: a line each, with the ends above and below it; where each value has its number, the numbers
  /// stand on the line, and what comes from the trials ends before them.
  public var settings: [String] {
    var settings = ["unset key", "unset grid", "set border 0", "set tics scale 0", "unset ytics", "unset colorbox"]
    settings += [
      "set style textbox opaque noborder margins 0.5,0.5", "set xrange [-0.5:\(axes.count - 1).5]",
      "set yrange [-0.1:1.1]", "set lmargin 1", "set rmargin 1",
    ]
    let titles = axes.enumerated().map { ($1.title.clipped(to: 16), Double($0)) }
    settings.append("set xtics (\(Gnuplot.tics(titles))) noenhanced")
    for (index, axis) in axes.enumerated() {
      settings.append("set arrow from \(index),0 to \(index),1 nohead linecolor rgb '#999999' back")
      let ends = axis.ends
      for label in axis.labels {
        let height = axis.height(label.position, ends)
        let place = hasGap(index) ? height : height < 0.5 ? -0.06 : 1.06
        settings.append(
          "set label \(Gnuplot.quoted(label.text.clipped(to: hasGap(index) ? 9 : 14))) at \(index),\(place) "
            + "center noenhanced front font ',12'" + (hasGap(index) ? " boxed" : ""))
      }
    }
    return settings + scale.settings
  }

  /// The trials, and the best one over them.
  public var layers: [String] {
    [
      "data skip 1 using 3:6:7 with lines linewidth 1.2 linecolor palette",
      "data skip 1 using 3:($8 == 1 ? $6 : NaN) with lines linewidth 3 linecolor rgb '#d1495b'",
    ]
  }

  private func hasGap(_ index: Int) -> Bool {
    axes[index].positions.allSatisfy { position in
      position.map { position in axes[index].labels.contains { $0.position == position } } ?? true
    }
  }

  /// Where lines end at an axis.
  private func sides(of index: Int) -> [Double] {
    hasGap(index) ? [Double(index) - Self.gap, Double(index) + Self.gap] : [Double(index)]
  }
}
