import FoundationEssentials

/// A model as Keras' `model.to_json()` writes it, so that `keras.models.load_model` reads our checkpoints.
public struct KerasModel: Encodable {
  private let description: ModelDescription
  private let input: Shape

  /// Prepares `description` for writing, for samples of shape `input`.
  public init(_ description: ModelDescription, input: Shape) {
    self.description = description.withPenalties()
    self.input = input
  }

  private enum CodingKeys: String, CodingKey { case className = "class_name", config }
  private enum ConfigKeys: String, CodingKey {
    case name, layers, trainable, dtype, buildInputShape = "build_input_shape"
  }

  /// Writes the whole model.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("Sequential", forKey: .className)
    var config = container.nestedContainer(keyedBy: ConfigKeys.self, forKey: .config)
    try config.encode(description.name, forKey: .name)
    try config.encode(true, forKey: .trainable)
    try config.encode("float32", forKey: .dtype)
    try config.encode([nil] + input.dimensions.map(Optional.init), forKey: .buildInputShape)
    var layers = config.nestedUnkeyedContainer(forKey: .layers)
    try layers.encode(InputLayer(input))
    for layer in description.layers { try layers.encode(Choice<LayerRegistry>(layer)) }
  }
}

/// How a model is trained, as Keras writes it beside the model, so that a loaded checkpoint is compiled.
public struct KerasTrainingConfiguration: Sendable {
  /// The JSON text.
  public let json: String

  /// Writes loss and optimizer in Keras' form.
  public init(loss: any Loss, optimizer: any Optimizer) throws {
    let settings = try JSONDecoder().decode(ConfigurationValue.self, from: JSONEncoder().encode(optimizer))
    var pairs: [String] = []
    if case .mapping(let mapping) = settings {
      pairs = mapping.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \(Self.json($0.value))" }
    }
    json = """
      {"loss": "\(type(of: loss).kind)", "loss_weights": null, "metrics": ["accuracy"], "weighted_metrics": null, \
      "optimizer_config": {"class_name": "\(type(of: optimizer).kind)", "config": {\(pairs.joined(separator: ", "))}}}
      """
  }

  // Keras refuses a momentum of 0; it must be 0.0.
  private static func json(_ value: ConfigurationValue) -> String {
    switch value {
    case .int(let number): "\(Double(number))"
    case .double(let number): "\(number)"
    case .bool(let flag): "\(flag)"
    case .string(let text): "\"\(text)\""
    case .null, .array, .mapping: "null"
    }
  }
}
