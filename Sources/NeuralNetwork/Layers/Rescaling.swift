/// `scale · x + offset` of each value.
///
/// Input and output have the same shape, any.
public struct Rescaling: Layer {
  /// Its name in files: Keras' class name.
  public static let kind = "Rescaling"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(Rescaling(scale: 1.0 / 255), on: [4, 5, 3]), LayerExample(Rescaling(scale: 2, offset: -1), on: [7]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// What values are multiplied by.
  public var scale: Double
  /// What is added then.
  public var offset: Double

  /// Multiplies and adds.
  public init(scale: Double, offset: Double = 0) {
    self.scale = scale
    self.offset = offset
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, scale, offset }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    scale = try container.decodeNumber(forKey: .scale, .any)
    offset = try container.decodeNumber(forKey: .offset, or: 0, .any)
  }

  /// The input's.
  public func outputShape(for input: Shape) -> Shape { input }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    try ActivationLayerPlan(.elementwise(.affine(scale: Float(scale), offset: Float(offset))), context)
  }
}
