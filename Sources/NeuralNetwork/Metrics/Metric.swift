/// What is measured of a network on a whole split: sums over its samples, turned into a value at the end.
///
/// Sums are added sample by sample, whatever rank computes them, so the value is that of the split: not a mean of the means
/// of batches.
public protocol Metric: Registered {
  /// What a better network has more or less of; nil if that cannot be said.
  static var direction: MetricDirection? { get }
  /// How lines of text name it.
  var label: String { get }

  /// Checks that the metric fits what the network puts out and what the samples should yield.
  ///
  /// - Throws: ``ConfigurationError`` that says what would fit.
  func check(output: Shape, targets: TargetKind) throws(ConfigurationError)

  /// The number of sums that it takes.
  func sumCount(output: Shape) -> Int

  /// Adds the samples of a batch to the sums; allocates nothing.
  ///
  /// - Parameters:
  ///   - outputs: what the network puts out for them after its last activation, `[N, …]`.
  ///   - targets: what they should yield.
  ///   - sums: as many as ``sumCount(output:)`` says, zero before the first batch.
  func add(_ outputs: UnsafeBufferPointer<Float>, _ targets: Targets, to sums: UnsafeMutableBufferPointer<Double>)

  /// The value of the sums over `count` samples; `totals` may be any sum of sums of their parts.
  func value(of totals: UnsafeMutableBufferPointer<Double>, output: Shape, count: Int) -> MetricValue
}

/// Where a metric goes as a network gets better.
public enum MetricDirection: Sendable {
  /// It grows.
  case up
  /// It shrinks.
  case down
}

/// What a metric yields.
public enum MetricValue: Sendable, Equatable {
  /// A number.
  case number(Double)
  /// So many of so many samples.
  case share(Int, of: Int)
  /// A number of samples for each class, one row each, and each class that the network says, one column each.
  case table([[Int]])

  /// The value as one number; nil for a table.
  public var number: Double? {
    switch self {
    case .number(let number): number
    case .share(let hits, let count): count == 0 ? 0 : Double(hits) / Double(count)
    case .table: nil
    }
  }
}

/// A metric without settings.
public protocol PlainMetric: Metric {
  /// The metric has no settings.
  init()
}

extension PlainMetric {
  /// Reads nothing.
  public init(from decoder: any Decoder) throws {
    _ = try decoder.strictContainer(keyedBy: NoKeys.self)
    self.init()
  }

  /// Writes nothing.
  public func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: NoKeys.self) }
}

/// Every metric; a new one is one line here.
public enum MetricRegistry: Registry {
  /// What decoding yields.
  public typealias Element = any Metric
  /// The sort, for messages.
  public static let noun = "metric"
  /// How a choice is written.
  public static let style = RegistryStyle.flat
  /// Every type there is.
  public static let types: [any Registered.Type] = [
    Accuracy.self, TopKCategoricalAccuracy.self, ConfusionMatrix.self, MeanSquaredError.self, MeanAbsoluteError.self,
    R2Score.self,
  ]
}
