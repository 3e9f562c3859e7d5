/// An activation function by its name, as a layer of its own: Keras' `Activation`.
///
/// Input and output have the same shape, any.
public struct ActivationLayer: ActivationFunctionLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "Activation"
  /// What the contract tests run on.
  public static let examples =
    Activation.named.map { LayerExample(ActivationLayer($0.activation), on: [7]) } + [
      LayerExample(ActivationLayer(.relu), on: [5, 4, 3]), LayerExample(ActivationLayer(.softmax), on: [3, 2, 5]),
    ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The function applied to the input.
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
}
