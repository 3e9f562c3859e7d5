/// Lays the values of each sample in a row: height, width, channel, the channel running fastest (Keras' order).
///
/// - Input: any shape; output: `[features]`.
public struct Flatten: Layer {
  /// Its name in files: Keras' class name.
  public static let kind = "Flatten"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(Flatten(), on: [3, 3, 10]), LayerExample(Flatten(), on: [4, 5, 1]), LayerExample(Flatten(), on: [6]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?

  /// Flattening has no settings.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable { case name }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
  }

  /// The shape of the output for an input of shape `input`; throws if the layer cannot take it.
  public func outputShape(for input: Shape) -> Shape { Shape([input.elementCount]) }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan { try ReshapePlan(context) }
}
