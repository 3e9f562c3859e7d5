import OneDNN

/// Pooling of each channel over the whole image: what ``GlobalAveragePooling2D`` and ``GlobalMaxPooling2D`` share.
///
/// - Input: `[height, width, channels]`; output: `[channels]`.
public protocol GlobalPoolingLayer: Layer {
  /// A layer without a name; there are no settings.
  init()
  /// The pooling layer that has one window of this height and width.
  static func pooling(height: Int, width: Int) -> any Layer
}

private enum GlobalPoolingKeys: String, CodingKey, CaseIterable { case name, keepsDimensions = "keepdims" }

extension GlobalPoolingLayer {
  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: GlobalPoolingKeys.self)
    self.init()
    name = try container.decodeIfPresent(String.self, forKey: .name)
    try container.require(false, forKey: .keepsDimensions)
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: GlobalPoolingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(false, forKey: .keepsDimensions)
  }

  /// The channels of the input; throws if it is no image.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    _ = try Window(size: [1, 1], strides: [1, 1], padding: .valid).slide(over: input)
    return Shape([input.channels])
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    let spatial = context.inputShape.spatial
    return try ChainPlan([Self.pooling(height: spatial[0], width: spatial[1]), Flatten()], context)
  }
}
