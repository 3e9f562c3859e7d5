/// Numbers in rows and columns, whatever they are drawn as: a chart, a table of the page, or text of a terminal.
public struct HeatMap: Sendable {
  /// One place of it.
  public struct Cell: Sendable, Equatable {
    /// The number; nil if there is none.
    public var spread: Spread?
    /// What became of the trials, if not all is well: `D`.
    public var marks: String
    /// Whether it is the best of all.
    public var isBest: Bool
  }

  /// What its rows or columns are.
  public struct Side: Sendable, Equatable {
    /// What varies along it.
    public var title: String
    /// What each row or column stands for.
    public var labels: [String]
  }

  /// The name of its files.
  public var name: String
  /// What it shows.
  public var title: String
  /// Its rows, from the top.
  public var rows: Side
  /// Its columns, from the left.
  public var columns: Side
  /// Its cells, by rows.
  public var cells: [[Cell]]
  /// What the numbers are.
  public var measure: Measure
  /// Their colours.
  public var scale: ColorScale

  /// The number of a cell as people read it.
  public func text(_ cell: Cell) -> String? { cell.spread.map { measure.text($0.mean) } }

  /// The colour of a cell.
  public func color(_ cell: Cell) -> Viridis.Color? { cell.spread.map { scale.color(of: $0.mean) } }

  /// What the marks in it mean: `D diverged`.
  public var legend: [String] {
    let letters = Set(cells.joined().flatMap(\.marks))
    return SweepPoint.State.allCases.filter { letters.contains(Character($0.letter)) }.map { "\($0.letter) \($0)" }
  }
}
