import Glibc

/// Which colour a number has: the better, the brighter.
public struct ColorScale: Sendable, Equatable {
  /// The range of the numbers.
  public let range: ClosedRange<Double>
  /// Whether equal factors are equal steps of colour.
  public let isLogarithmic: Bool
  /// Whether higher numbers are the brighter ones.
  public let higherIsBrighter: Bool

  /// The scale of these numbers; numbers above zero that differ by large factors are told apart by these.
  public init(_ numbers: [Double], higherIsBrighter: Bool) {
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
    let margin = low < high ? 0 : max(low.magnitude * 0.01, 1e-9)
    range = (low - margin)...(high + margin)
    isLogarithmic = !higherIsBrighter && low > 0 && high / low > 30
    self.higherIsBrighter = higherIsBrighter
  }

  /// How far a number has come from dark, 0, to bright, 1.
  public func share(of number: Double) -> Double {
    let scaled = { (number: Double) in isLogarithmic ? log(number) : number }
    let low = scaled(range.lowerBound)
    let share = (scaled(number) - low) / (scaled(range.upperBound) - low)
    return higherIsBrighter ? share : 1 - share
  }

  /// The colour of a number.
  public func color(of number: Double) -> Viridis.Color { Viridis.color(at: share(of: number)) }

  /// The commands that make gnuplot's palette the same.
  var settings: [String] {
    [
      Viridis.gnuplotPalette, higherIsBrighter ? "set palette positive" : "set palette negative",
      "set cbrange [\(range.lowerBound):\(range.upperBound)]",
    ] + (isLogarithmic ? ["set logscale cb", "set format cb '%g'"] : [])
  }
}
