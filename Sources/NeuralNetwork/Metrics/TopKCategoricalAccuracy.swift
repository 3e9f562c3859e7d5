/// The share of samples whose class is among the `k` that the network holds most likely.
///
/// A class is among them if fewer than `k` outputs are larger than its own, so that of equal outputs all are; and never if
/// an output is not finite (TensorFlow's `in_top_k`, which Keras asks).
public struct TopKCategoricalAccuracy: ClassMetric {
  /// Its name in files: Keras' own.
  public static let kind = "top_k_categorical_accuracy"
  /// Other names it goes by.
  public static let aliases = ["sparse_top_k_categorical_accuracy", "top_k"]
  /// More is better.
  public static let direction: MetricDirection? = .up

  private var k = 5

  /// Among the first `k`.
  public init(k: Int = 5) { self.k = k }

  private enum CodingKeys: CodingKey, CaseIterable { case k }

  /// Reads `k`.
  public init(from decoder: any Decoder) throws {
    k = try decoder.strictContainer(keyedBy: CodingKeys.self).decodeCountIfPresent(forKey: .k) ?? k
  }

  /// `top 5 accuracy`.
  public var label: String { "top \(k) accuracy" }

  /// Checks that there is an output for every class.
  public func check(output: Shape, targets: TargetKind) throws(ConfigurationError) {
    guard case .classes(let count) = targets, (2...).contains(output.elementCount), count <= output.elementCount else {
      throw ConfigurationError(
        "\(Self.kind) needs class labels and an output for each class, found output \(output)", at: "metrics",
        advice: "leave it out")
    }
  }

  /// The hits.
  public func sumCount(output: Shape) -> Int { 1 }

  /// Counts the hits of a batch.
  public func add(
    _ outputs: UnsafeBufferPointer<Float>, _ targets: Targets, to sums: UnsafeMutableBufferPointer<Double>
  ) {
    let width = targets.width
    for sample in targets.labels.indices {
      let row = outputs.extracting(sample * width..<(sample + 1) * width)
      if isAmongLargest(row[Int(targets.labels[sample])], of: row) { sums[0] += 1 }
    }
  }

  private func isAmongLargest(_ own: Float, of row: UnsafeBufferPointer<Float>) -> Bool {
    var larger = 0
    for output in row {
      guard output.isFinite else { return false }
      if output > own { larger += 1 }
    }
    return larger < k
  }

  /// Hits of samples.
  public func value(of totals: UnsafeMutableBufferPointer<Double>, output: Shape, count: Int) -> MetricValue {
    .share(Int(totals[0]), of: count)
  }
}
