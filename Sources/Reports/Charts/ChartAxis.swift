import Glibc
import Numerics

/// An axis of a chart.
public struct ChartAxis: Sendable, Equatable {
  /// What is along it.
  public var title: String
  /// Whether equal factors have equal lengths.
  public var isLogarithmic: Bool
  /// The ends; nil leaves them to the numbers.
  public var range: ClosedRange<Double>?
  /// What stands at 0, 1, 2 and so on, if these are no numbers but places in a list; else empty.
  public var labels: [String] = []
  /// Whether only whole numbers mean something along it.
  public var hasWholeTicks = false

  /// An axis.
  public init(_ title: String, isLogarithmic: Bool = false, range: ClosedRange<Double>? = nil) {
    self.title = title
    self.isLogarithmic = isLogarithmic
    self.range = range
  }

  /// An axis of epochs, with ticks at whole numbers only.
  static func epochs(_ places: some Collection<Double>) -> ChartAxis {
    var axis = ChartAxis("epoch")
    axis.hasWholeTicks = true
    if let first = places.min(), let last = places.max(), first < last { axis.range = first...last }
    return axis
  }

  /// The axis with ends a little beyond the lowest and the highest number.
  public func spanning(_ numbers: [Double]) -> ChartAxis {
    guard let low = numbers.min(), let high = numbers.max() else { return self }
    var axis = self
    if isLogarithmic && low > 0 {
      let margin = max(pow(high / low, 0.06), 1.05)
      axis.range = (low / margin)...min(high * margin, .greatestFiniteMagnitude)
    } else {
      let margin = max((high - low) * 0.06, max(high.magnitude, low.magnitude) * 0.01, 1e-9)
      axis.range = (low - margin)...(high + margin)
    }
    return axis
  }

  /// The commands that set gnuplot's axis `x` or `y`.
  func settings(_ letter: String) -> [String] {
    var settings = ["set \(letter)label \(Gnuplot.quoted(title)) noenhanced"]
    if isLogarithmic { settings += ["set logscale \(letter)", "set format \(letter) '%g'"] }
    if let range { settings.append("set \(letter)range [\(range.lowerBound):\(range.upperBound)]") }
    if let tics { settings.append("set \(letter)tics (\(tics)) noenhanced") }
    return settings
  }

  /// The labels, or the powers of ten within the range as people write them, with their doubles and fivefolds where they
  /// are few; nil if there are too few to read numbers by.
  private var tics: String? {
    guard labels.isEmpty else {
      let step = (labels.count + 19) / 20
      return Gnuplot.tics(stride(from: 0, to: labels.count, by: step).map { (labels[$0], Double($0)) })
    }
    guard isLogarithmic else { return wholeTics }
    guard let range, range.lowerBound > 0 else { return nil }
    let (first, last) = (Int(log10(range.lowerBound).rounded(.down)), Int(log10(range.upperBound).rounded(.up)))
    let powers = stride(from: first, through: last, by: (last - first + 10) / 10)
    let factors = last - first > 3 ? [1.0] : [1, 2, 5]
    let tics = powers.flatMap { exponent in factors.map { $0 * pow(10, Double(exponent)) } }.filter(range.contains)
    guard tics.count > 2 else { return nil }
    return Gnuplot.tics(tics.map { (NumberLabel.text($0, digits: 1, inPowers: factors.count == 1), $0) })
  }

  /// Whole numbers, grouped by thousands as everywhere else; nil if there are none, or gnuplot does as well.
  private var wholeTics: String? {
    guard let range, hasWholeTicks || range.upperBound >= 10_000, range.upperBound < 1e15 else { return nil }
    let least = max((range.upperBound - range.lowerBound) / 8, 1)
    let power = pow(10, log10(least).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? least
    var tics = Array(stride(from: (range.lowerBound / step).rounded(.up) * step, through: range.upperBound, by: step))
    // Epochs begin with 1.
    if hasWholeTicks, let first = tics.first, first - range.lowerBound >= step / 2 {
      tics.insert(range.lowerBound, at: 0)
    }
    return tics.isEmpty ? nil : Gnuplot.tics(tics.map { (Text.grouped($0), $0) })
  }
}
