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
public struct KerasTrainingConfiguration: Encodable {
  private let loss: any Loss
  private let optimizer: any Optimizer

  /// Prepares loss and optimizer for writing.
  public init(loss: any Loss, optimizer: any Optimizer) {
    self.loss = loss
    self.optimizer = optimizer
  }

  private enum CodingKeys: String, CodingKey {
    case loss, metrics, optimizer = "optimizer_config", lossWeights = "loss_weights"
    case weightedMetrics = "weighted_metrics"
  }
  private enum OptimizerKeys: String, CodingKey { case className = "class_name", config }

  /// Writes Keras' form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(type(of: loss).kind, forKey: .loss)
    try container.encode(["accuracy"], forKey: .metrics)
    try container.encodeNil(forKey: .lossWeights)
    try container.encodeNil(forKey: .weightedMetrics)
    var rule = container.nestedContainer(keyedBy: OptimizerKeys.self, forKey: .optimizer)
    try rule.encode(type(of: optimizer).kind, forKey: .className)
    try optimizer.encode(to: rule.superEncoder(forKey: .config))
  }
}
