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

  /// It is computed from what comes before the softmax.
  public func takesLogits(of activation: Activation) -> Bool { activation == .softmax }

  /// Checks that there is a probability for every class.
  public func check(output: Shape, activation: Activation, targets: TargetKind?) throws(ConfigurationError) {
    guard activation == .softmax, output.rank == 1 else {
      throw ConfigurationError(
        "\(Self.kind) needs a last layer with activation softmax and one output a class; found activation "
          + "\(activation) and output \(output)", at: "loss",
        advice: "end the model with Dense: {units: CLASSES, activation: softmax}")
    }
    switch targets {
    case .values:
      throw ConfigurationError(
        "the store's labels are numbers, the loss needs classes", at: "loss",
        advice: "use a store with integer labels, or a loss for numbers: mean_squared_error")
    case .classes(let count) where output.elementCount < count:
      throw ConfigurationError(
        "expected at least \(count) outputs, one for each class of the store, found \(output)", at: "loss",
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
  private let logarithms: Tensor  // [N, C], log softmax
  private let logarithmsGradient: Tensor  // [N, C], -1 at each label
  private let batchSize: Int
  private let classCount: Int
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  init(logits: Tensor, batchSize: Int, purpose: Purpose, on engine: Engine) throws {
    self.batchSize = batchSize
    classCount = logits.descriptor.dimensions[1]
    let plain = try MemoryDescriptor.plain(logits.descriptor.dimensions)
    let logits = try forwardPass.reorder(logits, to: plain, on: engine)
    let softmax = try Softmax(plain, logarithm: true, purpose: purpose, on: engine)
    logarithms = try Tensor(plain, on: engine)
    try forwardPass.append(softmax.call(source: logits, destination: logarithms))
    logarithmsGradient = try Tensor(plain, on: engine)
    outputGradient = try Tensor(plain, on: engine)
    if purpose == .training {
      try backwardPass.append(
        SoftmaxBackward(of: softmax).call(
          result: logarithms, destinationGradient: logarithmsGradient, sourceGradient: outputGradient))
    }
  }

  func forward(_ targets: Targets) throws(OneDNNError) -> BatchSums {
    try forwardPass.execute()
    return crossentropy(
      logarithms: logarithms.floats.span, labels: UnsafeBufferPointer(targets.labels).span, classCount)
  }

  func backward(_ targets: Targets) throws(OneDNNError) {
    var gradient = logarithmsGradient.floats.mutableSpan
    for index in 0..<gradient.count { gradient[unchecked: index] = 0 }
    for sample in 0..<batchSize { gradient[sample * classCount + Int(targets.labels[sample])] = -1 }
    try backwardPass.execute()
  }
}

/// The summed loss in double precision and the number of samples whose largest logarithm is their label's (the first, if
/// several are largest).
private func crossentropy(logarithms: Span<Float>, labels: Span<Int32>, _ classCount: Int) -> BatchSums {
  var sums = BatchSums()
  for sample in 0..<labels.count {
    let row = sample * classCount
    let label = Int(labels[sample])
    sums.loss -= Double(logarithms[row + label])
    var best = 0
    for candidate in 1..<max(classCount, 1) where logarithms[row + candidate] > logarithms[row + best] {
      best = candidate
    }
    if best == label { sums.correct += 1 }
  }
  return sums
}
