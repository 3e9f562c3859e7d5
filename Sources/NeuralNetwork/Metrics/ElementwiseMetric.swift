/// A loss that compares numbers, measured: the mean over all samples of the split, without penalties.
public protocol ElementwiseMetric: ElementwiseLoss, Metric {}

extension ElementwiseMetric {
  /// Less is better.
  public static var direction: MetricDirection? { .down }

  /// Checks that there is an output for every number.
  public func check(output: Shape, targets: TargetKind) throws(ConfigurationError) {
    do {
      try check(output: output, activation: .linear, targets: targets)
    } catch {
      var error = error
      error.place = "metrics"
      throw error
    }
  }

  /// The sum over samples and outputs.
  public func sumCount(output: Shape) -> Int { 1 }

  /// Adds the errors of a batch.
  public func add(
    _ outputs: UnsafeBufferPointer<Float>, _ targets: Targets, to sums: UnsafeMutableBufferPointer<Double>
  ) {
    for index in outputs.indices { sums[0] += Self.compare(outputs[index], targets.values[index]).loss }
  }

  /// The mean over samples, and over outputs where the loss is one.
  public func value(of totals: UnsafeMutableBufferPointer<Double>, output: Shape, count: Int) -> MetricValue {
    .number(totals[0] / Double(max(count, 1) * (Self.isMeanOverOutputs ? output.elementCount : 1)))
  }
}

extension MeanSquaredError: ElementwiseMetric {
  /// Its short name.
  public var label: String { "mse" }
}

extension MeanAbsoluteError: ElementwiseMetric {
  /// Its short name.
  public var label: String { "mae" }
}
