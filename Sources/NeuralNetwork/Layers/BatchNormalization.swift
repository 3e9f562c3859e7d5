import OneDNN

/// Normalises each channel over the batch: `y = γ (x - mean) / √(variance + ε) + β`.
///
/// Input and output have the same shape, any. Mean and variance are those of the micro-batch of one virtual shard ("ghost"
/// batch normalisation: Hoffer, Hubara and Soudry, 2017), so they do not depend on the number of ranks; with one virtual
/// shard they are Keras'. Inference takes the running statistics, which follow the mean over the shards of each step; a
/// frozen layer does so in training too, as in Keras.
///
/// - `gamma`, `beta`: `[channels]`; `moving_mean`, `moving_variance`: `[channels]`, not trained.
///
/// Source: Ioffe and Szegedy, "Batch normalization" (2015); the variance is divided by the number of values in both places.
public struct BatchNormalization: Layer {
  /// Its name in files: Keras' class name.
  public static let kind = "BatchNormalization"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(BatchNormalization(), on: [4, 3, 5]), LayerExample(BatchNormalization(scale: false), on: [3, 5, 17]),
    LayerExample(BatchNormalization(center: false), on: [6, 2]), LayerExample(BatchNormalization(), on: [7]),
    LayerExample(BatchNormalization(), on: [4, 4, 1]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The share of the running statistics that each step keeps.
  public var momentum = 0.99
  /// What keeps the divisor away from zero, `ε`.
  public var epsilon = 0.001
  /// Whether `β` is added.
  public var center = true
  /// Whether it is multiplied by `γ`.
  public var scale = true
  /// Where `β` starts.
  public var betaInitializer = Choice<InitializerRegistry>(Zeros())
  /// Where `γ` starts.
  public var gammaInitializer = Choice<InitializerRegistry>(Ones())
  private var axis = LastAxis()

  /// The layer with Keras' defaults.
  public init(momentum: Double = 0.99, epsilon: Double = 0.001, center: Bool = true, scale: Bool = true) {
    self.momentum = momentum
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, axis, momentum, epsilon, center, scale, betaInitializer = "beta_initializer"
    case gammaInitializer = "gamma_initializer"
  }

  /// Keys of Keras that have one value here; the running statistics always start at mean 0 and variance 1.
  private static let fixedKeys = [
    "moving_mean_initializer", "moving_variance_initializer", "beta_regularizer", "gamma_regularizer",
    "beta_constraint", "gamma_constraint", "synchronized", "renorm", "renorm_clipping", "renorm_momentum",
  ]

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self, alsoKnown: Self.fixedKeys)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    axis = try container.decodeLastAxis(forKey: .axis)
    momentum = try container.decodeNumber(forKey: .momentum, or: momentum, .zeroToOne)
    epsilon = try container.decodeNumber(forKey: .epsilon, or: epsilon, .positive)
    center = try container.decodeIfPresent(Bool.self, forKey: .center) ?? center
    scale = try container.decodeIfPresent(Bool.self, forKey: .scale) ?? scale
    betaInitializer = try container.decodeIfPresent(forKey: .betaInitializer) ?? betaInitializer
    gammaInitializer = try container.decodeIfPresent(forKey: .gammaInitializer) ?? gammaInitializer
    let others = try decoder.container(keyedBy: AnyKey.self)
    for key in ["beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"] {
      try others.requireNothing(forKey: AnyKey(stringValue: key))
    }
    for key in ["synchronized", "renorm"] { try others.require(false, forKey: AnyKey(stringValue: key)) }
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(-1, forKey: .axis)
    try container.encode(momentum, forKey: .momentum)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(center, forKey: .center)
    try container.encode(scale, forKey: .scale)
    try container.encode(betaInitializer, forKey: .betaInitializer)
    try container.encode(gammaInitializer, forKey: .gammaInitializer)
  }

  /// The input's; throws if Keras' axis is not its last.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try axis.check(input)
    return input
  }

  /// What is learned, and the running statistics; see above.
  public func parameters(for input: Shape) -> [ParameterSpecification] {
    let shape = [input.channels]
    let role = ParameterRole.runningMean(momentum: momentum)
    return (scale ? [ParameterSpecification("gamma", shape, gammaInitializer.value)] : [])
      + (center ? [ParameterSpecification("beta", shape, betaInitializer.value)] : []) + [
        ParameterSpecification("moving_mean", shape, Zeros(), role: role),
        ParameterSpecification("moving_variance", shape, Ones(), role: role),
      ]
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan { try BatchNormalizationPlan(self, context) }
}

private final class BatchNormalizationPlan: LayerPlan {
  let output: Tensor
  private let context: PlanContext
  private let operation: OneDNN.BatchNormalization
  private let scale: Tensor?
  private let shift: Tensor?
  private let mean: Tensor
  private let variance: Tensor
  /// Whether the statistics are the batch's, and so the running ones follow.
  private let usesBatch: Bool
  private var forwardPass = Pass()
  private var backwardPass = Pass()
  /// Where the sums of the samples' statistics go: the memory moves from step to step.
  private var statisticSums: [(from: Tensor, to: Tensor)] = []

  init(_ layer: BatchNormalization, _ context: PlanContext) throws {
    self.context = context
    let engine = context.engine
    usesBatch = context.purpose == .training && !context.isFrozen("moving_mean")
    var parts: NormalizationParts = usesBatch ? [] : .givenStatistics
    if layer.scale { parts.insert(.scale) }
    if layer.center { parts.insert(.shift) }
    operation = try OneDNN.BatchNormalization(
      context.input.descriptor, epsilon: Float(layer.epsilon), parts: parts, purpose: context.purpose, on: engine)
    let vector = operation.statistics
    scale = layer.scale ? try context.parameter("gamma", plain: vector, in: vector) : nil
    shift = layer.center ? try context.parameter("beta", plain: vector, in: vector) : nil
    mean = try usesBatch ? Tensor(vector, on: engine) : context.parameter("moving_mean", plain: vector, in: vector)
    variance =
      try usesBatch ? Tensor(vector, on: engine) : context.parameter("moving_variance", plain: vector, in: vector)
    output = try Tensor(operation.data, on: engine)
    try forwardPass.append(
      operation.call(
        source: context.input, scale: scale, shift: shift, mean: mean, variance: variance, destination: output))
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    let vector = operation.statistics
    if usesBatch {
      statisticSums = [
        (mean, try context.gradient("moving_mean", plain: vector)),
        (variance, try context.gradient("moving_variance", plain: vector)),
      ]
    }
    let learns = usesBatch && (scale != nil || shift != nil)
    guard learns || needsInputGradient else { return nil }
    let backward = try BatchNormalizationBackward(of: operation)
    let gradient = try backwardPass.reorder(outputGradient, to: operation.data, on: context.engine)
    let inputGradient = try Tensor(operation.data, on: context.engine)
    try backwardPass.append(
      backward.call(
        source: context.input, scale: scale, shift: shift, mean: mean, variance: variance,
        destinationGradient: gradient,
        sourceGradient: inputGradient,
        scaleGradient: scale.map { _ in try parameterGradient("gamma") },
        shiftGradient: shift.map { _ in try parameterGradient("beta") }))
    return needsInputGradient ? inputGradient : nil
  }

  /// Where the gradient of a parameter goes; that of a frozen one is computed all the same, and not kept.
  private func parameterGradient(_ name: String) throws -> Tensor {
    let vector = operation.statistics
    return try context.isFrozen(name)
      ? Tensor(vector, on: context.engine) : context.gradient(name, plain: vector)
  }

  func forward() throws(OneDNNError) { try forwardPass.execute() }

  func backward() throws(OneDNNError) {
    try backwardPass.execute()
    for (statistic, sum) in statisticSums {
      let (values, sums) = (statistic.floats, sum.floats)
      for channel in values.indices { sums[channel] = values[channel] * Float(context.batchSize) }
    }
  }
}
