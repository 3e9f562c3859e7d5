import OneDNN

/// The largest value of each channel over the whole image.
///
/// - Input: `[height, width, channels]`; output: `[channels]`.
public struct GlobalMaxPooling2D: Layer {
  /// Its name in files: Keras' class name.
  public static let kind = "GlobalMaxPooling2D"
  /// Other names it goes by.
  public static let aliases = ["GlobalMaxPool2D"]
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(GlobalMaxPooling2D(), on: [5, 4, 3]), LayerExample(GlobalMaxPooling2D(), on: [2, 2, 17]),
    LayerExample(GlobalMaxPooling2D(), on: [1, 1, 4]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?

  /// The layer has no settings.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, keepsDimensions = "keepdims" }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    try container.require(false, forKey: .keepsDimensions)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(false, forKey: .keepsDimensions)
  }

  /// The channels of the input.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    _ = try window(over: input).slide(over: input)
    return Shape([input.channels])
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    let spatial = context.inputShape.spatial
    return try ChainPlan(
      [MaxPooling2D(poolSize: (spatial[0], spatial[1])), Flatten()], context)
  }

  private func window(over input: Shape) -> Window {
    Window(size: input.rank == 3 ? input.spatial : [1, 1], strides: [1, 1], padding: .valid)
  }
}
