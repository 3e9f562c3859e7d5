/// The mean of several numbers, and how far they lie apart.
public struct Spread: Sendable, Equatable {
  /// How many numbers there are.
  public var count: Int
  /// Their mean.
  public var mean: Double
  /// Their standard deviation, of a sample (divided by one less than their count); nil of a single one.
  public var deviation: Double?

  /// The mean and deviation of `numbers`; nil if there are none.
  public init?(_ numbers: [Double]) {
    guard !numbers.isEmpty else { return nil }
    count = numbers.count
    mean = numbers.reduce(0, +) / Double(numbers.count)
    guard numbers.count > 1 else { return }
    let mean = mean
    deviation = (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count - 1)).squareRoot()
  }
}
