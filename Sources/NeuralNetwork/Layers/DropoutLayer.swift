import Numerics
import OneDNN

/// Sets values to zero at random in training, and divides the others by the share that is kept: what ``Dropout`` and
/// ``SpatialDropout2D`` have in common.
///
/// Which values follows from (seed, update, sample, layer), so it is the same on any number of ranks and after any
/// interruption. Inference hands the input on.
///
/// Source: Srivastava and others, "Dropout" (2014).
public protocol DropoutLayer: Layer {
  /// The share of values that is set to zero, below 1.
  var rate: Double { get set }
  /// A layer that drops this share.
  init(rate: Double)
  /// How many neighbouring values share one draw, and how many draws a sample of shape `input` needs.
  ///
  /// Draws are for places if each value has its own; for channels if the whole channel is dropped.
  func draws(for input: Shape) -> DropoutDraws
}

/// How the values of a sample are drawn.
public enum DropoutDraws: Sendable {
  /// Each by itself.
  case values
  /// Whole channels.
  case channels
}

private enum DropoutKeys: String, CodingKey, CaseIterable { case name, rate, seed, noiseShape = "noise_shape" }

extension DropoutLayer {
  /// Reads Keras' settings; Keras' `seed` is not used: every draw here follows from the seed of the run.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: DropoutKeys.self)
    self.init(rate: try container.decodeNumber(forKey: .rate, .zeroToBelowOne))
    name = try container.decodeIfPresent(String.self, forKey: .name)
    try container.requireNothing(forKey: .noiseShape)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: DropoutKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(rate, forKey: .rate)
  }

  /// Creates the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    context.purpose == .inference || rate == 0
      ? IdentityPlan(context.input) : try DropoutPlan(rate: rate, draws(for: context.inputShape), context)
  }
}

/// The plan of a layer that hands its input on.
final class IdentityPlan: LayerPlan {
  let output: Tensor

  init(_ input: Tensor) { output = input }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) -> Tensor? {
    needsInputGradient ? outputGradient : nil
  }
  func forward() {}
  func backward() {}
}

private final class DropoutPlan: LayerPlan {
  let output: Tensor
  private let input: Tensor  // plain, so that a draw belongs to a place and not to a layout
  private let context: PlanContext
  private let factors: Slab  // of each value: 0, or 1 / (1 - rate)
  private let draws: DropoutDraws
  private let rate: Double
  private var gradient: Tensor?
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  init(rate: Double, _ draws: DropoutDraws, _ context: PlanContext) throws {
    self.context = context
    self.rate = rate
    self.draws = draws
    let plain = try MemoryDescriptor.plain(context.dimensions(of: context.inputShape))
    input = try forwardPass.reorder(context.input, to: plain, on: context.engine)
    output = try Tensor(plain, on: context.engine)
    factors = Slab(count: output.floats.count)
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    guard needsInputGradient else { return nil }
    gradient = try backwardPass.reorder(outputGradient, to: output.descriptor, on: context.engine)
    return gradient
  }

  func forward() throws(OneDNNError) {
    try forwardPass.execute()
    let length = context.inputShape.elementCount
    for (place, sample) in context.batch.samples.enumerated() {
      var stream = RandomStream(
        seed: context.batch.seed, purpose: .dropout, UInt32(truncatingIfNeeded: context.batch.update),
        UInt32(truncatingIfNeeded: sample), context.randomKey)
      draw(from: &stream, into: factors, place * length..<(place + 1) * length)
    }
    multiply(input, by: factors, into: output)
  }

  func backward() throws(OneDNNError) {
    try backwardPass.execute()
    if let gradient { multiply(gradient, by: factors, into: gradient) }
  }

  private func draw(from stream: inout RandomStream, into factors: Slab, _ range: Range<Int>) {
    // 24 bits of each draw decide, as in `uniform()`.
    let bound = UInt32((rate * 0x1p24).rounded())
    let factor = Float(1 / (1 - rate))
    switch draws {
    case .values:
      for index in range { factors.floats[index] = stream.next() >> 8 < bound ? 0 : factor }
    case .channels:
      let channels = context.inputShape.channels
      for channel in 0..<channels {
        let drawn: Float = stream.next() >> 8 < bound ? 0 : factor
        for index in stride(from: range.lowerBound + channel, to: range.upperBound, by: channels) {
          factors.floats[index] = drawn
        }
      }
    }
  }
}

private func multiply(_ source: Tensor, by factors: Slab, into destination: Tensor) {
  let (source, factors, destination) = (source.floats, factors.floats, destination.floats)
  for index in 0..<destination.count { destination[index] = source[index] * factors[index] }
}
