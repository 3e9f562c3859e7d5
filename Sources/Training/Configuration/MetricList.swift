import NeuralNetwork

/// The metrics of a run file, in order; none stands for those that suit the loss.
public struct MetricList: Codable, Sendable {
  /// What is named.
  public var metrics: [any Metric]

  /// Those metrics.
  public init(_ metrics: [any Metric] = []) { self.metrics = metrics }

  /// Reads a list of choices.
  ///
  /// - Throws: ``ConfigurationError`` if a metric is unknown, or there twice: results are told apart by its name.
  public init(from decoder: any Decoder) throws {
    metrics = try [Choice<MetricRegistry>](from: decoder).map(\.value)
    let kinds = metrics.map { type(of: $0).kind }
    for (index, kind) in kinds.enumerated() where kinds[..<index].contains(kind) {
      throw ConfigurationError("\(kind) is there twice", at: "metrics", advice: "name it once")
    }
  }

  /// Reads what a flag has: names with commas between, each with settings if need be, `accuracy,{top_k: {k: 3}}`.
  public static func value(_ text: String) -> ConfigurationValue {
    ConfigurationTree.value(text.hasPrefix("[") ? text : "[\(text)]")
  }

  /// Writes the list.
  public func encode(to encoder: any Encoder) throws {
    try metrics.map { Choice<MetricRegistry>($0) }.encode(to: encoder)
  }

  /// The metrics, or those that suit the loss if none is named: accuracy where hits can be counted, and for targets that
  /// are numbers the mean absolute error and the share of explained variance.
  ///
  /// - Throws: ``ConfigurationError`` if one does not fit.
  public func resolved(for loss: any Loss, output: Shape, targets: TargetKind) throws(ConfigurationError)
    -> [any Metric]
  {
    for metric in metrics { try metric.check(output: output, targets: targets) }
    guard metrics.isEmpty else { return metrics }
    if loss.countsHits(output: output, targets: targets) { return [Accuracy()] }
    if case .values = targets { return [MeanAbsoluteError(), R2Score()] }
    return []
  }
}
