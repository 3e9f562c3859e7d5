/// How many samples of each class (rows) the network takes for each class (columns).
public struct ConfusionMatrix: ClassMetric, PlainMetric {
  /// Its name in files.
  public static let kind = "confusion_matrix"
  /// A table is neither large nor small.
  public static let direction: MetricDirection? = nil

  /// The metric has no settings.
  public init() {}

  /// Its name.
  public var label: String { "confusion matrix" }

  /// A network with one output tells two classes apart.
  private func classCount(_ outputs: Int) -> Int { max(outputs, 2) }

  /// A count for each pair of classes.
  public func sumCount(output: Shape) -> Int { classCount(output.elementCount) * classCount(output.elementCount) }

  /// Counts the pairs of a batch.
  public func add(
    _ outputs: UnsafeBufferPointer<Float>, _ targets: Targets, to sums: UnsafeMutableBufferPointer<Double>
  ) {
    let classes = classCount(targets.width)
    for sample in targets.labels.indices {
      let predicted = predictedClass(
        outputs, sample: sample, width: targets.width, threshold: targets.threshold)
      sums[targets.classOfSample(sample) * classes + predicted] += 1
    }
  }

  /// The table.
  public func value(of totals: UnsafeMutableBufferPointer<Double>, output: Shape, count: Int) -> MetricValue {
    let classes = classCount(output.elementCount)
    return .table((0..<classes).map { row in (0..<classes).map { Int(totals[row * classes + $0]) } })
  }
}
