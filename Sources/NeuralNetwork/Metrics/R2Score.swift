/// The share of the targets' variance that the network explains, `1 - Σ (y - ŷ)² / Σ (y - mean)²`, the mean over outputs.
///
/// Keras' `R2Score` with its defaults: an output whose target never varies counts 0. Where the network is exactly right
/// about such a target, where Keras has no number, it counts 1 (scikit-learn's convention).
public struct R2Score: PlainMetric {
  /// Its name in files: Keras' own.
  public static let kind = "r2_score"
  /// Other names it goes by.
  public static let aliases = ["r2"]
  /// More is better.
  public static let direction: MetricDirection? = .up

  /// The metric has no settings.
  public init() {}

  /// Its short name.
  public var label: String { "r2" }

  /// Checks that there is an output for every number.
  public func check(output: Shape, targets: TargetKind) throws(ConfigurationError) {
    try MeanSquaredError().check(output: output, targets: targets)
  }

  // For each output: the sum of the targets and of their squares, each with what rounding has cut off, and the residual.
  private static let sumsPerOutput = 5

  /// Five for each output.
  public func sumCount(output: Shape) -> Int { Self.sumsPerOutput * output.elementCount }

  /// Adds the moments of the targets, and the squared errors, of a batch.
  public func add(
    _ outputs: UnsafeBufferPointer<Float>, _ targets: Targets, to sums: UnsafeMutableBufferPointer<Double>
  ) {
    for index in outputs.indices {
      let place = index % targets.width * Self.sumsPerOutput
      let target = Double(targets.values[index])
      let difference = target - Double(outputs[index])
      addExactly(target, to: &sums[place], rest: &sums[place + 1])
      addExactly(target * target, to: &sums[place + 2], rest: &sums[place + 3])
      sums[place + 4] += difference * difference
    }
  }

  /// The mean of the scores of the outputs.
  public func value(of totals: UnsafeMutableBufferPointer<Double>, output: Shape, count: Int) -> MetricValue {
    let scores = (0..<output.elementCount).map { index -> Double in
      let place = index * Self.sumsPerOutput
      let sum = totals[place] + totals[place + 1]
      let squares = totals[place + 2] + totals[place + 3]
      let residual = totals[place + 4]
      let variance = squares - sum / Double(max(count, 1)) * sum
      // What is below the rounding of the few sums over shards is no variance.
      guard variance > squares * 0x1p-47 else { return residual == 0 ? 1 : 0 }
      return 1 - residual / variance
    }
    return .number(scores.reduce(0, +) / Double(scores.count))
  }
}

/// Adds `value` to `sum`, and what rounding cuts off to `rest` (Knuth's TwoSum).
///
/// The variance is a small difference of large sums where targets are far from zero.
private func addExactly(_ value: Double, to sum: inout Double, rest: inout Double) {
  let rounded = sum + value
  let added = rounded - sum
  rest += (sum - (rounded - added)) + (value - added)
  sum = rounded
}
