import OneDNN

/// Pooling over windows: what ``MaxPooling1D``, ``MaxPooling2D``, ``AveragePooling1D`` and ``AveragePooling2D`` share.
public protocol PoolingLayer: Layer {
  /// The number of spatial dimensions.
  static var spatialRank: Int { get }
  /// What a window is reduced to.
  static var pooling: PoolingKind { get }
  /// The settings.
  var settings: PoolingSettings { get set }
  /// A layer of these settings.
  init(_ settings: PoolingSettings)
}

/// The settings of pooling; the keys are Keras'.
public struct PoolingSettings: Encodable, Sendable {
  /// The layer's name within the model.
  public var name: String?
  /// The extent of the windows, one number for each spatial dimension.
  public var poolSize: [Int]
  /// Values between neighbouring windows.
  public var strides: [Int]
  /// How windows meet the edge: values outside are never the largest, and are not counted in the mean.
  public var padding: Padding

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, poolSize = "pool_size", strides, padding }

  init(poolSize: [Int], strides: [Int]?, padding: Padding) {
    self.poolSize = poolSize
    self.strides = strides ?? poolSize
    self.padding = padding
  }

  /// Reads Keras' settings for `rank` spatial dimensions; windows do not overlap unless strides say so.
  init(from decoder: any Decoder, rank: Int) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    poolSize = try container.decodeExtents(rank: rank, forKey: .poolSize) ?? Array(repeating: 2, count: rank)
    strides = try container.decodeExtents(rank: rank, forKey: .strides) ?? poolSize
    padding = try container.decodeIfPresent(Padding.self, forKey: .padding) ?? .valid
    guard padding.isKeras else {
      throw ConfigurationError(
        "pooling is padded valid or same", at: ConfigurationError.place(container.codingPath + [CodingKeys.padding]),
        advice: "put ZeroPadding2D before it for anything else")
    }
  }

  var window: Window { Window(size: poolSize, strides: strides, padding: padding) }
}

extension PoolingLayer {
  /// The layer's name within the model; nil lets the model number it.
  public var name: String? {
    get { settings.name }
    set { settings.name = newValue }
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    self.init(try PoolingSettings(from: decoder, rank: Self.spatialRank))
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws { try settings.encode(to: encoder) }

  /// The spatial dimensions by ``Padding``, and the channels of the input.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    Shape(try settings.window.slide(over: input).output + [input.channels])
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    let isPlain = try context.input.descriptor == .plain(context.dimensions(of: context.inputShape))
    if Self.pooling == .maximum, isPlain, context.inputShape.channels % 8 != 0 {
      return try MaxPoolingPlan(settings, context)
    }
    let pooling = try Pooling(
      Self.pooling, source: context.input.descriptor,
      destination: MemoryDescriptor(context.dimensions(of: context.outputShape), .any), window: settings.poolSize,
      geometry: settings.window.slide(over: context.inputShape).geometry, purpose: context.purpose, on: context.engine)
    return try PoolingPlan(pooling, context)
  }
}

/// The plan of a pooling layer.
final class PoolingPlan: LayerPlan, DerivativeTaking {
  let output: Tensor
  private let pooling: Pooling
  private let workspace: Tensor?
  private let engine: Engine
  private var derivative: ElementwiseFunction?
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  init(_ pooling: Pooling, _ context: PlanContext) throws {
    self.pooling = pooling
    engine = context.engine
    output = try Tensor(pooling.destination, on: engine)
    workspace = try pooling.workspace.map { try Tensor($0, on: context.engine) }
    try forwardPass.append(pooling.call(source: context.input, destination: output, workspace: workspace))
  }

  var takesDerivative: Bool { pooling.kind == .maximum }

  func take(_ function: ElementwiseFunction) { derivative = function }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    guard needsInputGradient else { return nil }
    let backward = try PoolingBackward(of: pooling)
    var gradient = try backwardPass.reorder(outputGradient, to: backward.destinationGradient, on: engine)
    if let derivative {
      gradient = try ActivationPlan(output: output, input: output, kind: .elementwise(derivative))
        .planBackward(gradient, on: engine, appendingTo: &backwardPass)
    }
    let inputGradient = try Tensor(backward.sourceGradient, on: engine)
    try backwardPass.append(
      backward.call(destinationGradient: gradient, workspace: workspace, sourceGradient: inputGradient))
    return inputGradient
  }

  func forward() throws(OneDNNError) { try forwardPass.execute() }
  func backward() throws(OneDNNError) { try backwardPass.execute() }
}
