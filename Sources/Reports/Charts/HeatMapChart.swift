/// A heat map with the number in each cell, rows growing downwards.
public struct HeatMapChart: Chart {
  /// What it draws.
  public let map: HeatMap
  /// Cells in points.
  private let cell: ChartSize
  private let hasDeviations: Bool

  /// The chart of a heat map.
  public init(_ map: HeatMap) {
    self.map = map
    hasDeviations = map.cells.joined().contains { $0.spread?.deviation != nil }
    let (rows, columns) = (max(map.rows.labels.count, 1), max(map.columns.labels.count, 1))
    let roomy = ChartSize(width: max(68, min(330 / columns, 165)), height: max(hasDeviations ? 56 : 46, 230 / rows))
    cell = ChartSize(width: min(max(1100 / columns, 4), roomy.width), height: min(max(900 / rows, 4), roomy.height))
  }

  /// The name of its files.
  public var name: String { map.name }
  /// What it shows.
  public var title: String { map.title }

  /// So large that cells have room for their numbers, as long as there are not too many.
  public var size: ChartSize {
    ChartSize(
      width: max(cell.width * map.columns.labels.count + 8 * longest(map.rows.labels) + 160, 480),
      height: cell.height * map.rows.labels.count + bottom + 66)
  }

  /// A row for each cell.
  public var table: CSV {
    var table = CSV(header: [
      "row", "column", map.rows.title, map.columns.title, "mean", "sd", "trials", "marks", "best",
      "mean_label", "sd_label", "label_color",
    ])
    for (row, cells) in map.cells.enumerated() {
      for (column, cell) in cells.enumerated() {
        var fields = ["\(row)", "\(column)", map.rows.labels[row], map.columns.labels[column]]
        fields += [CSV.field(cell.spread?.mean), CSV.field(cell.spread?.deviation), "\(cell.spread?.count ?? 0)"]
        fields += [cell.marks, cell.isBest ? "1" : "0"]
        fields += [map.text(cell) ?? "", cell.spread?.deviation.map { "± " + map.measure.text($0) } ?? ""]
        fields.append(map.color(cell)?.takesDarkInk == false ? "16777215" : "0")
        table.rows.append(fields)
      }
    }
    return table
  }

  /// The sides, the palette, and what the marks mean.
  public var settings: [String] {
    [
      "unset grid", "set border 0", "set tics scale 0", "unset key",
      "set xlabel \(Gnuplot.quoted(map.columns.title)) noenhanced",
      "set ylabel \(Gnuplot.quoted(map.rows.title)) noenhanced",
      "set xtics (\(tics(map.columns.labels, every: columnStep))) noenhanced" + (isTilted ? " rotate by -30" : ""),
      "set ytics (\(tics(map.rows.labels, every: (15 + cell.height) / cell.height))) noenhanced",
      "set xrange [-0.5:\(map.columns.labels.count - 1).5]", "set yrange [\(map.rows.labels.count - 1).5:-0.5]",
      "set bmargin at screen \(Double(bottom) / Double(size.height))",
      "set cblabel \(Gnuplot.quoted(map.measure.title)) noenhanced",
      "set label 1 \(Gnuplot.quoted(legend)) at screen 0.5, screen \(14 / Double(size.height)) center noenhanced font ',11'",
    ] + map.scale.settings
  }

  /// The cells; hatched ones where there is no number; numbers, marks, and a frame around the best.
  public var layers: [String] {
    let cells = "data skip 1 using 2:1:(0.5):(0.5)"
    var layers = [
      cells + ":5 with boxxyerror fillstyle solid 1 \(isSmall ? "noborder" : "border linecolor rgb 'white'") "
        + "linecolor palette",
      "data skip 1 using (valid(5) ? NaN : $2):1:(0.48):(0.48) with boxxyerror fillstyle pattern 4 "
        + (isSmall ? "noborder" : "border linecolor rgb '#999999'") + " linecolor rgb '#aaaaaa'",
    ]
    if !isSmall {
      let middle = hasDeviations ? 0.03 : 0.0
      layers.append(
        "data skip 1 using 2:($1 + \(middle)):(strcol(10)):12 with labels textcolor rgb variable font ',12' noenhanced")
      if hasDeviations {
        layers.append(
          "data skip 1 using 2:($1 + 0.32):(strcol(11)):12 with labels textcolor rgb variable font ',9' noenhanced")
      }
      layers.append(
        "data skip 1 using ($2 - 0.45):($1 - 0.35):(strcol(8)):12 with labels left textcolor rgb variable font ',9' "
          + "noenhanced")
    }
    // Dark on light, so that it is seen on every colour.
    let best = "data skip 1 using ($9 == 1 ? $2 : NaN):1:(0.46):(0.46) with boxxyerror fillstyle empty"
    return layers + [best + " linecolor rgb 'white' linewidth 6", best + " linecolor rgb '#d1004b' linewidth 3"]
  }

  /// Whether cells have no room for numbers.
  private var isSmall: Bool { cell.width < 44 || cell.height < (hasDeviations ? 34 : 24) }

  private var legend: String {
    var parts = map.legend
    if isSmall && !parts.isEmpty { parts = ["cells too small for numbers and marks: see the table"] }
    if map.cells.joined().contains(where: \.isBest) { parts.append("framed: the best") }
    return parts.joined(separator: "   ")
  }

  /// The room below the cells, for labels and the legend.
  private var bottom: Int { 88 + (isTilted ? 5 * longest(map.columns.labels) : 0) }

  private var isTilted: Bool { columnStep == 1 && 8 * longest(map.columns.labels) > cell.width }

  /// Every which column has its label.
  private var columnStep: Int {
    cell.width >= 24 ? 1 : (9 * longest(map.columns.labels) + 10 + cell.width) / cell.width
  }

  private func longest(_ labels: [String]) -> Int { labels.map(\.count).max() ?? 0 }

  private func tics(_ labels: [String], every step: Int) -> String {
    Gnuplot.tics(labels.indices.filter { $0 % step == 0 }.map { (labels[$0], Double($0)) })
  }
}
