/// An axis of a chart.
public struct ChartAxis: Sendable, Equatable {
  /// What is along it.
  public var title: String
  /// Whether equal factors have equal lengths.
  public var isLogarithmic: Bool
  /// The ends; nil leaves them to the numbers.
  public var range: ClosedRange<Double>?

  /// An axis.
  public init(_ title: String, isLogarithmic: Bool = false, range: ClosedRange<Double>? = nil) {
    self.title = title
    self.isLogarithmic = isLogarithmic
    self.range = range
  }

  /// The commands that set gnuplot's axis `x` or `y`.
  func settings(_ letter: String) -> [String] {
    var settings = ["set \(letter)label \(Gnuplot.quoted(title)) noenhanced"]
    if isLogarithmic { settings += ["set logscale \(letter)", "set format \(letter) '%g'"] }
    if let range { settings.append("set \(letter)range [\(range.lowerBound):\(range.upperBound)]") }
    return settings
  }
}
