/// Numbers against the one setting that was varied, with their deviations.
public struct SettingChart: Chart {
  /// A line of points.
  public struct Line: Sendable {
    /// What the key calls it.
    public var name: String
    /// Its numbers, one for each place.
    public var spreads: [Spread?]
  }

  /// A value of the setting.
  public struct Place: Sendable {
    /// How it is written.
    public var label: String
    /// Where it is along the axis.
    public var position: Double
    /// What became of its trials, if not all is well.
    public var marks: String
  }

  /// The name of its files.
  public var name: String
  /// What it shows.
  public var title: String
  /// The setting.
  public var horizontal: ChartAxis
  /// The numbers.
  public var vertical: ChartAxis
  /// The values of the setting.
  public var places: [Place]
  /// The numbers on each split.
  public var lines: [Line]
  /// What the marks mean.
  public var legend: [String]

  /// Its size.
  public var size: ChartSize { ChartSize(width: 720, height: 440) }

  /// A row for each value.
  public var table: CSV {
    CSV(
      header: ["setting", "position", "marks"] + lines.flatMap { [$0.name, "\($0.name) sd"] },
      rows: places.enumerated().map { index, place in
        [place.label, CSV.field(place.position), place.marks]
          + lines.flatMap { line in
            [CSV.field(line.spreads[index]?.mean), CSV.field(line.spreads[index]?.deviation)]
          }
      })
  }

  /// The axes, and the marks above the points, or at the bottom where there is none.
  public var settings: [String] {
    let numbers = lines.flatMap { line in
      line.spreads.compactMap { $0 }.flatMap { [$0.mean - ($0.deviation ?? 0), $0.mean + ($0.deviation ?? 0)] }
    }
    var settings = horizontal.spanning(places.map(\.position)).settings("x")
    settings += vertical.spanning(numbers).settings("y") + ["set key below height 0.7"]
    if places.count <= 16 && horizontal.labels.isEmpty {
      settings.append("set xtics (\(Gnuplot.tics(places.map { ($0.label, $0.position) }))) noenhanced")
    }
    for (index, place) in places.enumerated() where !place.marks.isEmpty && places.count <= 100 {
      let height = lines.compactMap { $0.spreads[index]?.mean }.max().map { "first \($0)" } ?? "graph 0.02"
      settings.append(
        "set label \(Gnuplot.quoted(place.marks)) at first \(place.position), \(height) center offset 0,1 noenhanced")
    }
    if !legend.isEmpty {
      let text = Gnuplot.quoted(legend.joined(separator: "   "))
      settings.append("set label \(text) at graph 0.02, graph 0.95 left noenhanced")
    }
    return settings
  }

  /// For each split its points and their deviations.
  public var layers: [String] {
    lines.enumerated().flatMap { index, line in
      let (column, color) = (4 + 2 * index, ["#2a788e", "#d1495b"][index % 2])
      let style = "linecolor rgb '\(color)' linewidth 1.6 pointsize 0.8 pointtype \([7, 5][index % 2])"
      return [
        "data skip 1 using 2:\(column) with linespoints \(style) dashtype \(index + 1) title \(Gnuplot.quoted(line.name))",
        "data skip 1 using 2:(valid(\(column + 1)) ? $\(column) : NaN):\(column + 1) with yerrorbars \(style) notitle",
      ]
    }
  }
}
