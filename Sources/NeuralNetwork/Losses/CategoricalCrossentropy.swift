import Glibc
import Numerics
import OneDNN

/// Categorical cross-entropy behind a softmax, which is the network's last activation or, from logits, the loss's own:
/// `logsumexp(z) - z[label]` for logits `z`.
///
/// Computed from the logits, as Keras does inside a compiled step: no quotient that could round to zero, no clipping.
/// `categorical_crossentropy` and `sparse_categorical_crossentropy` are the same here, since stores hold class numbers
/// or are read as such.
public struct CategoricalCrossentropy: Loss {
  /// Its name in files: Keras' class name.
  public static let kind = "sparse_categorical_crossentropy"
  /// Other names it goes by.
  public static let aliases = ["categorical_crossentropy"]

  /// Whether the network's outputs are logits: Keras' `from_logits`.
  public var fromLogits: Bool

  /// The loss of probabilities, or of logits.
  public init(fromLogits: Bool = false) { self.fromLogits = fromLogits }

  /// Reads `from_logits`.
  public init(from decoder: any Decoder) throws { fromLogits = try CrossentropySettings(from: decoder).fromLogits }

  /// Writes `from_logits` where it is true.
  public func encode(to encoder: any Encoder) throws { try CrossentropySettings(fromLogits).encode(to: encoder) }

  /// It is computed from what comes before the softmax.
  public func takesLogits(of activation: Activation) -> Bool { !fromLogits && activation == .softmax }

  /// Of class numbers.
  public var kerasAccuracy: String? { "SparseCategoricalAccuracy" }

  /// Checks that there is a probability for every class.
  public func check(output: Shape, activation: Activation, targets: TargetKind?) throws(ConfigurationError) {
    if case .values = targets {
      throw ConfigurationError(
        "the store's labels are numbers, the loss needs classes", at: "loss",
        advice: "use a loss for numbers: --loss mean_squared_error; or classes: integer labels, or "
          + "--labels /PATH:classes if these are whole")
    }
    if activation == .sigmoid, output.elementCount == 1 {
      throw ConfigurationError(
        "\(Self.kind) needs a last layer with activation softmax, found one output with activation sigmoid", at: "loss",
        advice: "use --loss binary_crossentropy")
    }
    if fromLogits { try CrossentropySettings.check(logitsOf: activation, isNot: .softmax, Self.kind) }
    guard fromLogits || activation == .softmax, output.rank == 1 else {
      throw ConfigurationError(
        "\(Self.kind) needs a last layer with activation softmax and one output a class; found activation "
          + "\(activation) and output \(output)", at: "loss",
        advice: "end the model with Dense: {units: CLASSES, activation: softmax}"
          + CrossentropySettings.advice(on: activation))
    }
    switch targets {
    case .classes(let count) where output.elementCount < count:
      throw ConfigurationError(
        "expected at least \(Text.count(count, "output")), one for each class of the store, found \(output)",
        at: "loss",
        advice: "give the last layer \(count) units")
    default: return
    }
  }

  /// Always.
  public func countsHits(output: Shape, targets: TargetKind) -> Bool { true }

  /// Compiles the loss for one batch size.
  public func plan(output: Tensor, shape: Shape, batchSize: Int, purpose: Purpose, on engine: Engine) throws
    -> any LossPlan
  {
    try CategoricalCrossentropyPlan(logits: output, batchSize: batchSize, purpose: purpose, on: engine)
  }
}

private final class CategoricalCrossentropyPlan: LossPlan {
  let outputGradient: Tensor
  private let logits: Tensor  // [N, C], in plain layout
  private let probabilities: Tensor  // [N, C]
  private var forwardPass = Pass()

  init(logits: Tensor, batchSize: Int, purpose: Purpose, on engine: Engine) throws {
    let plain = try MemoryDescriptor.plain(logits.descriptor.dimensions)
    self.logits = try forwardPass.reorder(logits, to: plain, on: engine)
    // Not oneDNN's logarithm of the softmax: it is 4e-6 off (2.6, AVX-512), mostly upwards, for losses of any size.
    let softmax = try Softmax(plain, purpose: purpose, on: engine)
    probabilities = try Tensor(plain, on: engine)
    try forwardPass.append(softmax.call(source: self.logits, destination: probabilities))
    outputGradient = try Tensor(plain, on: engine)
  }

  func forward(_ targets: Targets) throws(OneDNNError) -> BatchSums {
    try forwardPass.execute()
    return crossentropy(
      logits: logits.floats, probabilities: probabilities.floats, labels: targets.labels)
  }

  func backward(_ targets: Targets) throws(OneDNNError) {
    _ = outputGradient.floats.update(fromContentsOf: probabilities.floats)
    let classCount = outputGradient.floats.count / max(targets.labels.count, 1)
    for (sample, label) in targets.labels.enumerated() {
      outputGradient.floats[sample * classCount + Int(label)] -= 1
    }
  }
}

/// The summed loss in double precision and the number of samples whose largest logit is their label's (the first, if
/// several are largest).
///
/// With `m` the largest logit's class, `logsumexp(z) - z[label] = z[m] - z[label] - log(p[m])`, and `p[m]` is at least one
/// part in as many as there are classes: nothing is ever rounded to zero.
private func crossentropy(
  logits: UnsafeMutableBufferPointer<Float>, probabilities: UnsafeMutableBufferPointer<Float>,
  labels: UnsafeMutableBufferPointer<Int32>
) -> BatchSums {
  let classCount = logits.count / max(labels.count, 1)
  var sums = BatchSums()
  for sample in 0..<labels.count {
    let row = sample * classCount
    let label = Int(labels[sample])
    let best = indexOfLargest(UnsafeBufferPointer(logits.extracting(row..<row + classCount)))
    sums.loss += Double(logits[row + best]) - Double(logits[row + label]) - log(Double(probabilities[row + best]))
    if best == label { sums.correct += 1 }
  }
  return sums
}
