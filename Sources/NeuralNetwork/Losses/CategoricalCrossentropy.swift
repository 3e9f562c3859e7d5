import Glibc
import OneDNN

/// Categorical cross-entropy behind a softmax: `logsumexp(z) - z[label]` for logits `z`.
///
/// Computed from the logits, as Keras does inside a compiled step: no quotient that could round to zero, no clipping.
/// `categorical_crossentropy` and `sparse_categorical_crossentropy` are the same here, since stores hold class numbers
/// or are read as such.
public struct CategoricalCrossentropy: Loss {
  /// Its name in files: Keras' class name.
  public static let kind = "sparse_categorical_crossentropy"
  /// Other names it goes by.
  public static let aliases = ["categorical_crossentropy"]

  /// The loss has no settings.
  public init() {}

  private enum CodingKeys: CodingKey, CaseIterable {}

  /// Reads nothing.
  public init(from decoder: any Decoder) throws { _ = try decoder.strictContainer(keyedBy: CodingKeys.self) }

  /// Writes nothing.
  public func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: CodingKeys.self) }

  /// Checks that the loss fits what the network puts out; the error says what would.
  public func check(output: Shape, activation: Activation) throws(ConfigurationError) {
    guard activation == .softmax, output.rank == 1 else {
      throw ConfigurationError(
        "\(Self.kind) needs a last layer with activation softmax and one output a class; found activation "
          + "\(activation.rawValue) and output \(output)", at: "loss",
        advice: "end the model with Dense: {units: CLASSES, activation: softmax}")
    }
  }

  /// Compiles the loss for one batch size.
  public func plan(logits: Tensor, batchSize: Int, purpose: Purpose, on engine: Engine) throws -> any LossPlan {
    try CategoricalCrossentropyPlan(logits: logits, batchSize: batchSize, purpose: purpose, on: engine)
  }
}

private final class CategoricalCrossentropyPlan: LossPlan {
  let logitsGradient: Tensor
  private let logits: Tensor  // [N, C], in plain layout
  private let probabilities: Tensor  // [N, C]
  private var forwardPass = Pass()

  init(logits: Tensor, batchSize: Int, purpose: Purpose, on engine: Engine) throws {
    let plain = try MemoryDescriptor.plain(logits.descriptor.dimensions)
    self.logits = try forwardPass.reorder(logits, to: plain, on: engine)
    // Not oneDNN's logarithm of the softmax: it is 4e-6 off (2.6, AVX-512), mostly upwards, for losses of any size.
    let softmax = try Softmax(plain, logarithm: false, purpose: purpose, on: engine)
    probabilities = try Tensor(plain, on: engine)
    try forwardPass.append(softmax.call(source: self.logits, destination: probabilities))
    logitsGradient = try Tensor(plain, on: engine)
  }

  func forward(_ targets: Targets) throws(OneDNNError) -> BatchSums {
    try forwardPass.execute()
    return crossentropy(
      logits: UnsafeBufferPointer(logits.floats), probabilities: UnsafeBufferPointer(probabilities.floats),
      labels: UnsafeBufferPointer(targets.labels))
  }

  func backward(_ targets: Targets) throws(OneDNNError) {
    _ = logitsGradient.floats.update(fromContentsOf: probabilities.floats)
    let classCount = logitsGradient.floats.count / max(targets.labels.count, 1)
    for (sample, label) in targets.labels.enumerated() {
      logitsGradient.floats[sample * classCount + Int(label)] -= 1
    }
  }
}

/// The summed loss in double precision and the number of samples whose largest logit is their label's (the first, if
/// several are largest).
///
/// With `m` the largest logit's class, `logsumexp(z) - z[label] = z[m] - z[label] - log(p[m])`, and `p[m]` is at least one
/// part in as many as there are classes: nothing is ever rounded to zero.
private func crossentropy(
  logits: UnsafeBufferPointer<Float>, probabilities: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>
) -> BatchSums {
  let logits = logits.span
  let probabilities = probabilities.span
  let labels = labels.span
  let classCount = logits.count / max(labels.count, 1)
  var sums = BatchSums()
  for sample in 0..<labels.count {
    let row = sample * classCount
    let label = Int(labels[sample])
    var best = 0
    for candidate in 1..<max(classCount, 1) where logits[row + candidate] > logits[row + best] { best = candidate }
    sums.loss += Double(logits[row + best]) - Double(logits[row + label]) - log(Double(probabilities[row + best]))
    if best == label { sums.correct += 1 }
  }
  return sums
}
