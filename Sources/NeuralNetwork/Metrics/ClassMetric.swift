import Numerics

/// A metric that looks at the class of a sample, and at the one that the network says.
///
/// The network says the class whose output is largest, the first if several are. One output means yes, class 1, above 0.5, or
/// a logit above 0;
/// then the targets may be numbers too, zeros and ones.
public protocol ClassMetric: Metric {}

extension ClassMetric {
  /// Checks that there are classes, and an output for each of them.
  public func check(output: Shape, targets: TargetKind) throws(ConfigurationError) {
    let width = output.elementCount
    switch targets {
    case .values where width > 1:
      throw ConfigurationError(
        "\(Self.kind) needs classes, the store's labels are numbers", at: "metrics",
        advice: "use mean_absolute_error or r2_score")
    case .classes(let count) where count > max(width, 2):
      throw ConfigurationError(
        "\(Self.kind) needs at least \(Text.count(count, "output")), one for each class of the store, found \(output)",
        at: "metrics",
        advice: "give the last layer \(count) units")
    default: return
    }
  }
}

/// The class that the network says for a sample of a batch.
///
/// - Parameters:
///   - outputs: those of the batch, `[N, width]`.
///   - sample: the sample's place in the batch.
///   - threshold: where one output means yes.
public func predictedClass(
  _ outputs: UnsafeBufferPointer<Float>, sample: Int, width: Int, threshold: Float
) -> Int {
  guard width > 1 else { return outputs[sample] > threshold ? 1 : 0 }
  return indexOfLargest(outputs.extracting(sample * width..<(sample + 1) * width))
}

extension Targets {
  /// The class of a sample.
  func classOfSample(_ sample: Int) -> Int { areClasses ? Int(labels[sample]) : values[sample] > 0.5 ? 1 : 0 }
}
