/// A few named curves over common places, such as loss and accuracy over epochs.
public struct CurvesChart: Chart {
  /// A curve.
  public struct Curve: Sendable, Equatable {
    /// What the key calls it.
    public var name: String
    /// Its values, one for each place; nil where there is none.
    public var values: [Double?]

    /// A curve.
    public init(_ name: String, _ values: [Double?]) {
      self.name = name
      self.values = values
    }
  }

  /// The name of its files.
  public var name: String
  /// What it shows.
  public var title: String
  /// Its size.
  public var size = ChartSize.curves
  /// What is along the horizontal axis.
  public var horizontal: ChartAxis
  /// What is along the vertical one.
  public var vertical: ChartAxis
  /// The places along the horizontal axis.
  public var places: [Double]
  /// The curves.
  public var curves: [Curve]
  /// Whether the values are marked by points too, as suits few of them.
  public var marksPoints = false

  /// A chart of curves.
  public init(
    name: String, title: String, horizontal: ChartAxis, vertical: ChartAxis, places: [Double], curves: [Curve]
  ) {
    self.name = name
    self.title = title
    self.horizontal = horizontal
    self.vertical = vertical
    self.places = places
    self.curves = curves
  }

  // Told apart by their dashes too: colour alone is not enough.
  private static let colors = ["#2a788e", "#d1495b", "#440154", "#c98a00", "#4d9221", "#7a5195", "#8c510a", "#01665e"]

  /// A column for the places, and one for each curve.
  public var table: CSV {
    CSV(
      header: [horizontal.title] + curves.map(\.name),
      rows: places.indices.map { place in
        [CSV.field(places[place])] + curves.map { CSV.field(place < $0.values.count ? $0.values[place] : nil) }
      })
  }

  /// The axes, and the key below them.
  public var settings: [String] {
    horizontal.settings("x") + vertical.settings("y") + ["set key below height 0.7"]
  }

  /// A line for each curve.
  public var layers: [String] {
    curves.enumerated().map { index, curve in
      let style = marksPoints ? "linespoints pointtype \(index % 8 + 4)" : "lines"
      let color = Self.colors[index % Self.colors.count]
      return "data skip 1 using 1:\(index + 2) with \(style) linewidth 1.6 dashtype \(index % 5 + 1) "
        + "linecolor rgb '\(color)' title \(Gnuplot.quoted(curve.name))"
    }
  }
}
