/// `exp(x_c) / Σ exp(x)` over the channels.
public struct SoftmaxLayer: ActivationFunctionLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "Softmax"
  /// What the contract tests run on.
  public static let examples = [LayerExample(SoftmaxLayer(), on: [7]), LayerExample(SoftmaxLayer(), on: [3, 2, 5])]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?

  private var axis = LastAxis()

  /// The layer has no settings.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, axis }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    axis = try container.decodeLastAxis(forKey: .axis)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(-1, forKey: .axis)
  }

  /// The input's; throws if Keras' axis is not its last.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try axis.check(input)
    return input
  }

  /// The function applied to the input.
  public var activation: Activation { .softmax }
}
