import Numerics
import OneDNN

/// A loss that compares every output with a number of its own: squared and absolute errors, binary cross-entropy.
///
/// Targets that are classes count as ones among zeros, or as the number of the class where there is one output.
public protocol ElementwiseLoss: Loss {
  /// The loss has no settings.
  init()

  /// The loss of one output, and its derivative with respect to the output.
  static func compare(_ output: Float, _ target: Float) -> (loss: Double, gradient: Float)

  /// Whether a sample's loss is the mean over its outputs, or else their sum.
  static var isMeanOverOutputs: Bool { get }

  /// Where one output means yes: for counting the samples that were classified right.
  static var threshold: Float? { get }
}

extension ElementwiseLoss {
  /// The mean.
  public static var isMeanOverOutputs: Bool { true }
  /// One output is not a class.
  public static var threshold: Float? { nil }

  /// Reads nothing.
  public init(from decoder: any Decoder) throws {
    _ = try decoder.strictContainer(keyedBy: NoKeys.self)
    self.init()
  }

  /// Writes nothing.
  public func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: NoKeys.self) }

  /// It is computed from the network's outputs.
  public func takesLogits(of activation: Activation) -> Bool { false }

  /// Checks that there is one output for every number, or for every class.
  public func check(output: Shape, activation: Activation, targets: TargetKind?) throws(ConfigurationError) {
    let width = output.elementCount
    switch targets {
    case .values(let count) where count != width:
      throw ConfigurationError(
        "the network has \(Text.count(width, "output")), the store \(Text.count(count, "number")) for each sample",
        at: "loss",
        advice: "give the last layer \(count) \(count == 1 ? "unit" : "units")")
    case .classes(let count) where width > 1 && count > width:
      throw ConfigurationError(
        "the network has \(Text.count(width, "output")), the store \(Text.count(count, "class"))", at: "loss",
        advice: "give the last layer \(count) units, or one for the class as a number")
    default: return
    }
  }

  /// If there is an output for every class, or one that means yes.
  public func countsHits(output: Shape, targets: TargetKind) -> Bool {
    if output.elementCount == 1 { return Self.threshold != nil }
    if case .classes = targets { return true }
    return false
  }

  /// Compiles the loss for one batch size.
  public func plan(output: Tensor, shape: Shape, batchSize: Int, purpose: Purpose, on engine: Engine) throws
    -> any LossPlan
  {
    try ElementwiseLossPlan<Self>(output: output, batchSize: batchSize, width: shape.elementCount, on: engine)
  }
}

private final class ElementwiseLossPlan<Source: ElementwiseLoss>: LossPlan {
  let outputGradient: Tensor
  private let output: Tensor  // [N, …], plain
  private let batchSize: Int
  private let width: Int
  private var forwardPass = Pass()

  init(output: Tensor, batchSize: Int, width: Int, on engine: Engine) throws {
    self.batchSize = batchSize
    self.width = width
    let plain = try MemoryDescriptor.plain(output.descriptor.dimensions)
    self.output = try forwardPass.reorder(output, to: plain, on: engine)
    outputGradient = try Tensor(plain, on: engine)
  }

  func forward(_ targets: Targets) throws(OneDNNError) -> BatchSums {
    try forwardPass.execute()
    let outputs = output.floats
    var sums = BatchSums()
    for index in 0..<batchSize * width { sums.loss += Source.compare(outputs[index], targets.values[index]).loss }
    if Source.isMeanOverOutputs { sums.loss /= Double(width) }
    if width > 1 {
      guard targets.areClasses else { return sums }
      for sample in 0..<batchSize
      where indexOfLargest(UnsafeBufferPointer(outputs.extracting(sample * width..<(sample + 1) * width)))
        == targets.labels[sample]
      {
        sums.correct += 1
      }
    } else if let threshold = Source.threshold {
      for sample in 0..<batchSize where (outputs[sample] > threshold) == (targets.values[sample] > 0.5) {
        sums.correct += 1
      }
    }
    return sums
  }

  func backward(_ targets: Targets) throws(OneDNNError) {
    let share = Source.isMeanOverOutputs ? 1 / Float(width) : 1
    let (outputs, gradients) = (output.floats, outputGradient.floats)
    for index in 0..<batchSize * width {
      gradients[index] = Source.compare(outputs[index], targets.values[index]).gradient * share
    }
  }
}

/// The place of the largest value, the first if several are largest.
func indexOfLargest(_ values: UnsafeBufferPointer<Float>) -> Int {
  var best = 0
  for index in values.indices where values[index] > values[best] { best = index }
  return best
}
