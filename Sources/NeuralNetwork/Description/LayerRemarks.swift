/// What the settings of a layer say beside the layer, wherever its form has them.
struct LayerRemarks: Decodable {
  /// Keras' `trainable`; a layer that does not say is trained.
  let isTrainable: Bool
  /// Keras' `dtype`; nil if it does not say.
  let precision: KerasPrecision?
  private let batchInputShape: Result<Shape?, any Error>

  private enum CodingKeys: String, CodingKey { case trainable, dtype, batchInputShape = "batch_input_shape" }

  init(from decoder: any Decoder) throws {
    let container = try? Choice<LayerRegistry>.settings(of: decoder).container(keyedBy: CodingKeys.self)
    isTrainable = try container?.decodeIfPresent(Bool.self, forKey: .trainable) ?? true
    precision = try container?.decodeIfPresent(ConfigurationValue.self, forKey: .dtype).flatMap { KerasPrecision($0) }
    batchInputShape = Result {
      guard let container, try container.decodeIfPresent(ConfigurationValue.self, forKey: .batchInputShape) != nil
      else {
        return nil
      }
      return try container.decodeBatchShape(forKey: .batchInputShape)
    }
  }

  /// The shape of a sample, as Keras 2 writes it into the first layer of a model; there it counts.
  var inputShape: Shape? { get throws { try batchInputShape.get() } }
}
