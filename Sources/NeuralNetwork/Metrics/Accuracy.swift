/// The share of samples whose class the network says; what Keras calls accuracy for any sort of class labels.
public struct Accuracy: ClassMetric, PlainMetric {
  /// Its name in files.
  public static let kind = "accuracy"
  /// Other names it goes by.
  public static let aliases = [
    "categorical_accuracy", "sparse_categorical_accuracy", "binary_accuracy", "acc",
  ]
  /// More is better.
  public static let direction: MetricDirection? = .up

  /// The metric has no settings.
  public init() {}

  /// Its name.
  public var label: String { "accuracy" }

  /// The hits.
  public func sumCount(output: Shape) -> Int { 1 }

  /// Counts the hits of a batch.
  public func add(
    _ outputs: UnsafeBufferPointer<Float>, _ targets: Targets, to sums: UnsafeMutableBufferPointer<Double>
  ) {
    for sample in targets.labels.indices
    where predictedClass(
      outputs, sample: sample, width: targets.width, threshold: targets.threshold) == targets.classOfSample(sample)
    {
      sums[0] += 1
    }
  }

  /// Hits of samples.
  public func value(of totals: UnsafeMutableBufferPointer<Double>, output: Shape, count: Int) -> MetricValue {
    .share(Int(totals[0]), of: count)
  }
}
