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

  /// Writes loss, optimizer and schedule in Keras' form; a schedule that Keras does not have is left out.
  ///
  /// - Parameter batchSize: the samples of a step, over all ranks.
  public init(
    loss: any Loss, optimizer: any Optimizer, schedule: any Schedule = ConstantSchedule(), batchSize: Int = 1
  ) throws {
    let written = optimizer.kerasForm
    var config: [String: ConfigurationValue] = [:]
    if case .mapping(let settings) = try JSONDecoder().decode(
      ConfigurationValue.self, from: JSONEncoder().encode(written))
    {
      config = settings.mapValues { if case .int(let number) = $0 { .double(Double(number)) } else { $0 } }
    }
    switch schedule.kerasForm(of: optimizer.learningRate, batchSize: batchSize) {
    case .constant(let rate): config["learning_rate"] = .double(rate)
    case .schedule(let className, let settings):
      config["learning_rate"] = .mapping([
        "module": .string("keras.optimizers.schedules"), "class_name": .string(className),
        "config": .mapping(settings), "registered_name": .null,
      ])
    case nil: break
    }
    let settings: [String: ConfigurationValue] = [
      "loss": .string(type(of: loss).kind), "loss_weights": .null, "metrics": .array([.string("accuracy")]),
      "weighted_metrics": .null,
      "optimizer_config": .mapping([
        "class_name": .string(type(of: written).kind), "config": .mapping(config),
      ]),
    ]
    json = Self.json(.mapping(settings))
  }

  // The encoder of Foundation writes 0.0 as 0, and Keras refuses a momentum of 0.
  private static func json(_ value: ConfigurationValue) -> String {
    switch value {
    case .int(let number): "\(number)"
    case .double(let number): "\(number)"
    case .bool(let flag): "\(flag)"
    case .string(let text): "\"\(text)\""
    case .null: "null"
    case .array(let elements): "[\(elements.map(json).joined(separator: ", "))]"
    case .mapping(let mapping):
      "{\(mapping.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \(json($0.value))" }.joined(separator: ", "))}"
    }
  }
}
