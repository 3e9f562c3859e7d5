import OneDNN

/// Shifts and scales each channel: to mean 0 and variance 1, or to a range such as [0, 1] or [-1, 1].
///
///     y = (x - mean) / max(√variance, 1e-7)
///
/// Input and output have the same shape, any. As the first layer of a model it need not know mean and variance: training
/// begins with computing them, exactly, over the training split, by all ranks; checkpoints name them.
public struct Normalization: AdaptedLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "Normalization"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(Normalization(mean: [0.5, -1, 2], variance: [4, 0.25, 1]), on: [4, 5, 3]),
    LayerExample(Normalization(mean: [3], variance: [9]), on: [6]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The mean of each channel, or one for all; nil until it is computed.
  public var mean: [Double]?
  /// The variance of each channel, or one for all; nil until it is computed.
  public var variance: [Double]?
  /// What the smallest and the largest value of a channel become; nil for mean 0 and variance 1.
  public var range: [Double]?
  private var axis = LastAxis()
  /// Whether all channels have one mean and one variance: Keras' `axis=None`.
  private var isShared = false

  /// A layer that knows mean and variance.
  public init(mean: [Double], variance: [Double]) {
    self.mean = mean
    self.variance = variance
  }

  /// A layer that computes what it needs from the training split.
  public init(range: [Double]? = nil) { self.range = range }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, axis, mean, variance, invert, range }

  /// Reads Keras' settings, and `range: [0, 1]`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    isShared = container.contains(.axis) && (try? container.decode([Int].self, forKey: .axis)) == []
    axis = try isShared ? LastAxis() : container.decodeLastAxis(forKey: .axis)
    try container.require(false, forKey: .invert)
    mean = try container.decodeNumbers(forKey: .mean)
    variance = try container.decodeNumbers(forKey: .variance)
    range = try container.decodeNumbers(forKey: .range)
    let place = ConfigurationError.place(decoder.codingPath)
    guard mean?.count == variance?.count, variance?.allSatisfy({ $0 >= 0 }) != false else {
      throw ConfigurationError(
        "mean and variance come together, one number of each for a channel, and no variance is negative", at: place,
        advice: "leave both out to have them computed")
    }
    if let range {
      guard range.count == 2, range[0] < range[1], mean == nil else {
        throw ConfigurationError(
          "range has the smallest and the largest number, and excludes mean and variance; found \(range)", at: place,
          advice: "write range: [0, 1]")
      }
    }
  }

  /// Writes Keras' settings, and the range until mean and variance are known.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try isShared && mean == nil ? container.encode([Int](), forKey: .axis) : container.encode(-1, forKey: .axis)
    try container.encodeIfPresent(mean, forKey: .mean)
    try container.encodeIfPresent(variance, forKey: .variance)
    if mean == nil { try container.encodeIfPresent(range, forKey: .range) }
  }

  /// Whether mean and variance are known.
  public var isAdapted: Bool { mean != nil }

  /// The same layer for data of these statistics; a channel that is everywhere the same becomes 0, or the range's first.
  public func adapted(to statistics: ChannelStatistics) -> Normalization {
    let statistics = isShared ? statistics.ofAllChannels : statistics
    var layer = self
    if let range {
      let widths = zip(statistics.minimum, statistics.maximum).map { lowest, highest in
        highest > lowest ? (highest - lowest) / (range[1] - range[0]) : 1
      }
      layer.mean = zip(statistics.minimum, widths).map { $0 - range[0] * $1 }
      layer.variance = widths.map { $0 * $0 }
    } else {
      layer.mean = statistics.mean
      layer.variance = statistics.variance
    }
    layer.range = nil
    return layer
  }

  /// The input's; throws if there are not as many channels as means, or Keras' axis is not its last.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try axis.check(input)
    if let mean, mean.count != 1, mean.count != input.channels {
      throw ShapeError(
        expected: "\(mean.count) channels, as there are means", found: input,
        advice: "give a mean and a variance for each channel")
    }
    return input
  }

  /// Creates the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    guard let mean, let variance else {
      throw ConfigurationError(
        "Normalization without mean and variance must be the first layer of a model that is trained",
        at: "layers", advice: "give mean and variance, or put it first")
    }
    let channels = context.inputShape.channels
    let spread = mean.count == channels ? 1 : channels
    return try ChannelwisePlan(
      factors: variance.flatMap { Array(repeating: Float(1 / max($0.squareRoot(), 1e-7)), count: spread) },
      means: mean.flatMap { Array(repeating: Float($0), count: spread) }, context)
  }

  /// Adds the layer with a mean and a variance for each channel, where Keras does not take one for all.
  public func addKerasLayers(to graph: inout KerasGraph, input: Shape, from source: String) throws -> String {
    var layer = self
    if mean?.count == 1 {
      layer.mean = mean.map { Array(repeating: $0[0], count: input.channels) }
      layer.variance = variance.map { Array(repeating: $0[0], count: input.channels) }
    }
    return try graph.append(layer, input: input, from: source)
  }
}

/// `(x - mean) · factor`, with a mean and a factor for each channel.
private final class ChannelwisePlan: LayerPlan {
  let output: Tensor
  private let input: Tensor  // plain
  private let factors: [Float]
  private let means: [Float]
  private let context: PlanContext
  private var gradient: Tensor?
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  init(factors: [Float], means: [Float], _ context: PlanContext) throws {
    self.factors = factors
    self.means = means
    self.context = context
    let plain = try MemoryDescriptor.plain(context.dimensions(of: context.inputShape))
    input = try forwardPass.reorder(context.input, to: plain, on: context.engine)
    output = try Tensor(plain, on: context.engine)
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    guard needsInputGradient else { return nil }
    gradient = try backwardPass.reorder(outputGradient, to: output.descriptor, on: context.engine)
    return gradient
  }

  func forward() throws(OneDNNError) {
    try forwardPass.execute()
    let (source, destination) = (input.floats, output.floats)
    for start in stride(from: 0, to: destination.count, by: factors.count) {
      for channel in factors.indices {
        destination[start + channel] = (source[start + channel] - means[channel]) * factors[channel]
      }
    }
  }

  func backward() throws(OneDNNError) {
    try backwardPass.execute()
    guard let values = gradient?.floats else { return }
    for start in stride(from: 0, to: values.count, by: factors.count) {
      for channel in factors.indices { values[start + channel] *= factors[channel] }
    }
  }
}
