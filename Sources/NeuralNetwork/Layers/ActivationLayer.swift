import OneDNN

/// An activation function as a layer of its own: Keras' `Activation`.
///
/// Input and output have the same shape, any.
public struct ActivationLayer: ActivatedLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "Activation"
  /// What the contract tests run on.
  public static let examples =
    Activation.allCases.map { LayerExample(ActivationLayer($0), on: [7]) } + [
      LayerExample(ActivationLayer(.relu), on: [5, 4, 3])
    ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The function applied to the result.
  public var activation: Activation

  /// Applies `activation`.
  public init(_ activation: Activation) { self.activation = activation }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, activation }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    activation = try container.decode(Activation.self, forKey: .activation)
  }

  /// The shape of the output for an input of shape `input`; throws if the layer cannot take it.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    if activation == .softmax && input.rank != 1 {
      throw ShapeError(expected: "a flat input for softmax", found: input, advice: "put Flatten before it")
    }
    return input
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan { try ActivationLayerPlan(activation, context) }
}

private final class ActivationLayerPlan: LayerPlan {
  let output: Tensor
  private let activation: ActivationPlan?
  private let context: PlanContext
  private var forwardPass = Pass()
  private var backwardPass = Pass()

  init(_ activation: Activation, _ context: PlanContext) throws {
    self.context = context
    // The input belongs to the layer before, which may need it for its own backward pass.
    output = try Tensor(context.input.descriptor, on: context.engine)
    try forwardPass.copy(context.input, into: output, on: context.engine)
    self.activation = try activation.plan(
      after: output, isFused: false, purpose: context.purpose, on: context.engine, appendingTo: &forwardPass)
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    guard needsInputGradient else { return nil }
    return try activation?.planBackward(outputGradient, on: context.engine, appendingTo: &backwardPass)
      ?? outputGradient
  }

  func forward() throws(OneDNNError) { try forwardPass.execute() }
  func backward() throws(OneDNNError) { try backwardPass.execute() }
}
