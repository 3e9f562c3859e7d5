import Glibc

/// Binary cross-entropy behind a sigmoid, which is the network's last activation or, from logits, the loss's own: the mean over a sample's outputs of `-y log p - (1 - y) log(1 - p)`, `p = σ(z)`.
///
/// Computed from the logits: `max(z, 0) - z y + log(1 + exp(-|z|))`, with no logarithm of a number that rounds to zero.
public struct BinaryCrossentropy: ElementwiseLoss {
  /// Its name in files: Keras' own.
  public static let kind = "binary_crossentropy"
  /// One logit above 0 means yes.
  public static let threshold: Float? = 0

  /// Whether the network's outputs are logits: Keras' `from_logits`.
  public var fromLogits = false

  /// The loss of probabilities.
  public init() {}

  /// The loss of probabilities, or of logits.
  public init(fromLogits: Bool) { self.fromLogits = fromLogits }

  /// Reads `from_logits`.
  public init(from decoder: any Decoder) throws { fromLogits = try CrossentropySettings(from: decoder).fromLogits }

  /// Writes `from_logits` where it is true.
  public func encode(to encoder: any Encoder) throws { try CrossentropySettings(fromLogits).encode(to: encoder) }

  /// It is computed from what comes before the sigmoid.
  public func takesLogits(of activation: Activation) -> Bool { !fromLogits && activation == .sigmoid }

  /// Of outputs above the threshold.
  public var kerasAccuracy: String? { "BinaryAccuracy" }

  /// A probability of one half is a logit of 0.
  public var outputThreshold: Float { fromLogits ? 0 : 0.5 }

  /// Checks that the outputs are probabilities, and the targets two classes or one output for each class.
  public func check(output: Shape, activation: Activation, targets: TargetKind?) throws(ConfigurationError) {
    if fromLogits { try CrossentropySettings.check(logitsOf: activation, isNot: .sigmoid, Self.kind) }
    guard fromLogits || activation == .sigmoid else {
      throw ConfigurationError(
        "\(Self.kind) needs a last layer with activation sigmoid, found \(activation)", at: "loss",
        advice: "end the model with Dense: {units: 1, activation: sigmoid}"
          + CrossentropySettings.advice(on: activation))
    }
    if case .classes(let count) = targets, output.elementCount == 1, count > 2 {
      throw ConfigurationError(
        "\(Self.kind) with one output tells two classes apart, the store has \(count)", at: "loss",
        advice: "end the model with \(count) units and softmax, and use sparse_categorical_crossentropy")
    }
    try MeanSquaredError().check(output: output, activation: activation, targets: targets)
  }

  /// The loss of one logit, and its derivative with respect to the logit.
  public static func compare(_ output: Float, _ target: Float) -> (loss: Double, gradient: Float) {
    let decay = exp(-Double(output.magnitude))
    let loss = Double(max(output, 0)) - Double(output) * Double(target) + log1p(decay)
    let probability = output >= 0 ? 1 / (1 + decay) : decay / (1 + decay)
    return (loss, Float(probability) - target)
  }
}
