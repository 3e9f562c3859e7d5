import OneDNN

/// An activation function as a layer of its own: what ``ActivationLayer``, ``ReLU``, ``Softmax`` and the others share.
///
/// Input and output have the same shape, any.
public protocol ActivationFunctionLayer: ActivatedLayer {}

extension ActivationFunctionLayer {
  /// The identity, under the same name.
  public var withoutActivation: any Layer {
    var layer = ActivationLayer(.linear)
    layer.name = name
    return layer
  }

  /// The input's.
  public func outputShape(for input: Shape) -> Shape { input }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan { try ActivationLayerPlan(activation, context) }
}

/// An activation function without settings as a layer; Keras writes it as `Activation`.
public protocol PlainActivationLayer: ActivationFunctionLayer {
  /// The layer; there are no settings but the name.
  init()
  /// The function.
  static var function: Activation { get }
}

private enum PlainActivationKeys: String, CodingKey, CaseIterable { case name }

extension PlainActivationLayer {
  /// The function applied to the input.
  public var activation: Activation { Self.function }

  /// What the contract tests run on.
  public static var examples: [LayerExample] { [LayerExample(Self(), on: [7]), LayerExample(Self(), on: [5, 4, 3])] }

  /// Keras' form.
  public var kerasForm: any Registered {
    var layer = ActivationLayer(activation)
    layer.name = name
    return layer
  }

  /// Reads the name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: PlainActivationKeys.self)
    self.init()
    name = try container.decodeIfPresent(String.self, forKey: .name)
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: PlainActivationKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
  }
}

/// The plan of a function of each element, or of softmax.
final class ActivationLayerPlan: LayerPlan {
  let output: Tensor
  private let activation: ActivationPlan?
  private let context: PlanContext
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  init(_ activation: Activation, _ context: PlanContext) throws {
    self.context = context
    // The input belongs to the layer before, which may need it for its own backward pass.
    self.activation = try activation.plan(
      after: context.input, isFused: false, inPlace: false, purpose: context.purpose, on: context.engine,
      appendingTo: &forwardPass)
    output = self.activation?.output ?? context.input
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    guard needsInputGradient else { return nil }
    return try activation?.planBackward(outputGradient, on: context.engine, appendingTo: &backwardPass)
      ?? outputGradient
  }

  func forward() throws(OneDNNError) { try forwardPass.execute() }
  func backward() throws(OneDNNError) { try backwardPass.execute() }
}
