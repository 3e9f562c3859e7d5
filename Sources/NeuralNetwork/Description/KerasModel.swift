import FoundationEssentials

/// A model as Keras' `model.to_json()` writes it, so that `keras.models.load_model` reads our checkpoints.
///
/// A `Sequential` model where every layer is Keras' own, else a `Functional` one.
public struct KerasModel: Encodable {
  /// The layers.
  public let graph: KerasGraph
  private let name: String
  private let input: Shape

  /// Prepares `description` for writing, for samples of shape `input`.
  ///
  /// - Throws: ``ShapeError`` if a layer cannot take what it is given.
  public init(_ description: ModelDescription, input: Shape) throws {
    graph = try KerasGraph(description.withPenalties(), input: input)
    name = description.name
    self.input = input
  }

  private enum CodingKeys: String, CodingKey { case className = "class_name", config }
  private enum ConfigKeys: String, CodingKey {
    case name, layers, trainable, dtype, buildInputShape = "build_input_shape", inputs = "input_layers"
    case outputs = "output_layers"
  }

  /// Writes the whole model.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(graph.isSequential ? "Sequential" : "Functional", forKey: .className)
    var config = container.nestedContainer(keyedBy: ConfigKeys.self, forKey: .config)
    try config.encode(name, forKey: .name)
    try config.encode(true, forKey: .trainable)
    if graph.isSequential {
      try config.encode("float32", forKey: .dtype)
      try config.encode([nil] + input.dimensions.map(Optional.init), forKey: .buildInputShape)
    } else {
      try config.encode(Self.reference(KerasGraph.input), forKey: .inputs)
      try config.encode(Self.reference(graph.output), forKey: .outputs)
    }
    var layers = config.nestedUnkeyedContainer(forKey: .layers)
    try layers.encode(InputLayer(input, isNode: !graph.isSequential))
    for node in graph.nodes {
      var form: [String: ConfigurationValue] = [
        "class_name": .string(node.className), "config": .mapping(node.config),
      ]
      if !graph.isSequential {
        form["name"] = .string(node.name)
        form["inbound_nodes"] = .array([
          .array(node.inputs.map { .array([.string($0), .int(0), .int(0), .mapping([:])]) })
        ])
      }
      try layers.encode(ConfigurationValue.mapping(form))
    }
  }

  /// The only output of a layer of that name.
  private static func reference(_ name: String) -> ConfigurationValue {
    .array([.array([.string(name), .int(0), .int(0)])])
  }
}

/// How a model is trained, as Keras writes it beside the model, so that a loaded checkpoint is compiled.
public struct KerasTrainingConfiguration: Sendable {
  /// The JSON text.
  public let json: String

  /// Writes loss, optimizer and schedule in Keras' form; a schedule that Keras does not have, or has in rates that no number
  /// holds, is left out.
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
    case .constant(let rate) where rate.isFinite: config["learning_rate"] = .double(rate)
    case .schedule(let className, let settings) where settings.values.allSatisfy(\.isFinite):
      config["learning_rate"] = .mapping([
        "module": .string("keras.optimizers.schedules"), "class_name": .string(className),
        "config": .mapping(settings), "registered_name": .null,
      ])
    case .constant, .schedule, nil: break
    }
    let settings: [String: ConfigurationValue] = [
      "loss": try Self.form(of: loss.kerasForm), "loss_weights": .null,
      "metrics": .array(Self.accuracy(of: loss)),
      "weighted_metrics": .null,
      "optimizer_config": .mapping([
        // For Keras 3 an Adam with a weight decay is the same. Keras 2 knows neither in such files, and opens them with
        // `compile=False`.
        "class_name": .string(written is AdamW ? Adam.kind : type(of: written).kind), "config": .mapping(config),
      ]),
    ]
    json = Self.json(.mapping(settings))
  }

  /// The loss's name, or an object of Keras' class where it has settings.
  private static func form(of loss: any Registered) throws -> ConfigurationValue {
    let kind = type(of: loss).kind
    guard
      case .mapping(var settings) = try JSONDecoder().decode(
        ConfigurationValue.self, from: JSONEncoder().encode(AnyRegistered(loss))), !settings.isEmpty
    else { return .string(kind) }
    settings["name"] = .string(kind)
    settings["reduction"] = .string("sum_over_batch_size")
    return .mapping([
      "class_name": .string(kind.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()),
      "config": .mapping(settings),
    ])
  }

  /// The metric by its class: which one the bare word `accuracy` stands for, Keras 2 guesses wrong.
  private static func accuracy(of loss: any Loss) -> [ConfigurationValue] {
    guard let className = loss.kerasAccuracy else { return [] }
    var config: [String: ConfigurationValue] = ["name": .string("accuracy"), "dtype": .string("float32")]
    if loss.outputThreshold != 0.5 { config["threshold"] = .double(Double(loss.outputThreshold)) }
    return [.mapping(["class_name": .string(className), "config": .mapping(config)])]
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

extension ConfigurationValue {
  /// Whether JSON has a form for all of its numbers.
  fileprivate var isFinite: Bool {
    switch self {
    case .double(let number): number.isFinite
    case .array(let values): values.allSatisfy(\.isFinite)
    case .mapping(let mapping): mapping.values.allSatisfy(\.isFinite)
    case .null, .bool, .int, .string: true
    }
  }
}
