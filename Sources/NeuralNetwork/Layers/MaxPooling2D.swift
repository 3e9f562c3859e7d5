import OneDNN

/// The largest value of each window.
///
/// - Input: `[height, width, channels]`; output: `[height', width', channels]`; see ``Padding`` for the lengths.
///
/// The gradient goes to one element of the window, the first in row-major order where several are largest.
public struct MaxPooling2D: Layer {
  /// Its name in files: Keras' class name.
  public static let kind = "MaxPooling2D"
  /// Other names it goes by.
  public static let aliases = ["MaxPool2D"]
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(MaxPooling2D(poolSize: (2, 2)), on: [6, 6, 10]),
    LayerExample(MaxPooling2D(poolSize: (3, 2), strides: (2, 1), padding: .same), on: [7, 5, 2]),
    LayerExample(MaxPooling2D(poolSize: (2, 2)), on: [5, 7, 1]),
    LayerExample(MaxPooling2D(poolSize: (2, 2), strides: (3, 3)), on: [8, 8, 17]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  private var pool: Pair
  private var stride: Pair
  /// How windows meet the edge; values outside the image are never the largest.
  public var padding: Padding

  /// Pooling with Keras' defaults: windows that do not overlap.
  public init(poolSize: (Int, Int) = (2, 2), strides: (Int, Int)? = nil, padding: Padding = .valid) {
    pool = Pair(poolSize.0, poolSize.1)
    stride = strides.map { Pair($0.0, $0.1) } ?? pool
    self.padding = padding
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, pool = "pool_size", stride = "strides", padding
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    pool = try container.decodeIfPresent(Pair.self, forKey: .pool) ?? Pair(2, 2)
    stride = try container.decodeIfPresent(Pair.self, forKey: .stride) ?? pool
    padding = try container.decodeIfPresent(Padding.self, forKey: .padding) ?? .valid
  }

  private var window: Window2D {
    Window2D(size: pool.values, strides: stride.values, dilation: [1, 1], padding: padding)
  }

  /// The shape of the output for an input of shape `input`; throws if the layer cannot take it.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    Shape(try window.slide(over: input).output + [input.channels])
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    let pooling = try Pooling(
      .maximum, source: context.input.descriptor,
      destination: MemoryDescriptor(context.dimensions(of: context.outputShape), .any), window: pool.values,
      geometry: window.slide(over: context.inputShape).geometry, purpose: context.purpose, on: context.engine)
    return try PoolingPlan(pooling, context)
  }
}

/// The plan of a pooling layer.
final class PoolingPlan: LayerPlan {
  let output: Tensor
  private let pooling: Pooling
  private let workspace: Tensor?
  private let engine: Engine
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  init(_ pooling: Pooling, _ context: PlanContext) throws {
    self.pooling = pooling
    engine = context.engine
    output = try Tensor(pooling.destination, on: engine)
    workspace = try pooling.workspace.map { try Tensor($0, on: context.engine) }
    try forwardPass.append(pooling.call(source: context.input, destination: output, workspace: workspace))
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    guard needsInputGradient else { return nil }
    let backward = try PoolingBackward(of: pooling)
    let gradient = try backwardPass.reorder(outputGradient, to: backward.destinationGradient, on: engine)
    let inputGradient = try Tensor(backward.sourceGradient, on: engine)
    try backwardPass.append(
      backward.call(destinationGradient: gradient, workspace: workspace, sourceGradient: inputGradient))
    return inputGradient
  }

  func forward() throws(OneDNNError) { try forwardPass.execute() }
  func backward() throws(OneDNNError) { try backwardPass.execute() }
}
