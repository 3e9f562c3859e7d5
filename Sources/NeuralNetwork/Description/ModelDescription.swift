/// A network as data: its layers in order.
///
/// Reads three forms:
///
///     name: digits                          # the run file's form
///     input_shape: [8, 8, 1]                # optional: the store knows it
///     l2: 0.01                              # penalty on the kernel of every layer that names none; optional
///     layers:
///       - Conv2D: {filters: 10, kernel_size: 3, activation: relu}
///       - Flatten
///       - Dense: {units: 10, activation: softmax}
///
/// the bare list of layers, and what Keras' `model.to_json()` writes for a `Sequential` model.
public struct ModelDescription: Codable, Sendable {
  /// The model's name.
  public var name: String
  /// The shape of one sample, if the description fixes it.
  public var inputShape: Shape?
  /// The L2 penalty on the kernel of every layer that names none.
  public var l2: Double
  /// The layers, each with the name that it has in checkpoints.
  public private(set) var layers: [any Layer]

  /// A model of these layers; those without a name are numbered as Keras does: `dense`, `dense_1`.
  public init(name: String, inputShape: Shape? = nil, l2: Double = 0, layers: [any Layer]) {
    self.name = name
    self.inputShape = inputShape
    self.l2 = l2
    self.layers = Self.named(layers)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, inputShape = "input_shape", l2, layers }
  private enum KerasKeys: String, CodingKey { case className = "class_name", config }

  /// Reads any of the forms.
  ///
  /// - Throws: ``ConfigurationError`` that names the place, what is wrong there, and the nearest that is known.
  public init(from decoder: any Decoder) throws {
    if let list = try? decoder.unkeyedContainer() {
      try self.init(name: "model", inputShape: nil, l2: 0, entries: list)
      return
    }
    let keras = try decoder.container(keyedBy: KerasKeys.self)
    if keras.contains(.className) {
      let className = try keras.decode(String.self, forKey: .className)
      guard className == "Sequential" else {
        throw ConfigurationError(
          "a Keras model of class '\(className)' cannot be read", at: ConfigurationError.place(decoder.codingPath),
          advice: "only Sequential models are lists of layers")
      }
      let container = try keras.nestedContainer(keyedBy: CodingKeys.self, forKey: .config)
      try self.init(
        name: container.decodeIfPresent(String.self, forKey: .name) ?? "sequential", inputShape: nil, l2: 0,
        entries: container.nestedUnkeyedContainer(forKey: .layers))
      return
    }
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    let l2 = try container.decodeIfPresent(Double.self, forKey: .l2) ?? 0
    guard l2 >= 0, l2.isFinite else {
      throw ConfigurationError("l2 must not be negative, found \(l2)", at: "l2")
    }
    try self.init(
      name: container.decodeIfPresent(String.self, forKey: .name) ?? "model",
      inputShape: container.decodeIfPresent(Shape.self, forKey: .inputShape), l2: l2,
      entries: container.nestedUnkeyedContainer(forKey: .layers))
  }

  private init(name: String, inputShape: Shape?, l2: Double, entries: any UnkeyedDecodingContainer) throws {
    var entries = entries
    var layers: [any Layer] = []
    var shape = inputShape
    while !entries.isAtEnd {
      var probe = entries
      if let input = try? probe.decode(InputLayer.self) {
        shape = input.shape
        entries = probe
      } else {
        layers.append(try entries.decode(Choice<LayerRegistry>.self).value)
      }
    }
    guard !layers.isEmpty else { throw ConfigurationError("the model has no layers", at: "layers") }
    self.init(name: name, inputShape: shape, l2: l2, layers: layers)
    if let twice = Self.repeatedName(self.layers) {
      throw ConfigurationError("two layers are named '\(twice)'", at: "layers", advice: "give each a name of its own")
    }
  }

  /// Writes the run file's form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encodeIfPresent(inputShape, forKey: .inputShape)
    try container.encode(l2, forKey: .l2)
    try container.encode(layers.map { Choice<LayerRegistry>($0) }, forKey: .layers)
  }

  /// The same model with the model's L2 penalty written into every layer that can have one and names none.
  public func withPenalties() -> ModelDescription {
    var model = self
    guard l2 > 0 else { return model }
    model.layers = layers.map { layer in
      guard var layer = layer as? any RegularizedLayer, layer.kernelRegularizer == nil else { return layer }
      layer.kernelRegularizer = Regularizer(l2: l2)
      return layer
    }
    return model
  }

  /// The shape of the output of each layer, for samples of shape `input`.
  ///
  /// - Throws: ``ShapeError`` that names the first layer that cannot take what it is given.
  public func shapes(for input: Shape) throws(ShapeError) -> [Shape] {
    if let inputShape, inputShape != input {
      var error = ShapeError(
        expected: "images of shape \(inputShape)", found: input, advice: "use a store or a model that fits the other")
      error.layer = "model '\(name)'"
      throw error
    }
    var shapes: [Shape] = []
    for (index, layer) in layers.enumerated() {
      do throws(ShapeError) {
        shapes.append(try layer.outputShape(for: shapes.last ?? input))
      } catch {
        var error = error
        error.layer = "layer \(index + 1), \(layer.name ?? "") (\(type(of: layer).kind))"
        throw error
      }
    }
    return shapes
  }

  /// Where the parameters of all layers lie, for samples of shape `input`.
  ///
  /// - Throws: ``ShapeError`` as ``shapes(for:)`` does.
  public func parameterTable(for input: Shape) throws(ShapeError) -> ParameterTable {
    let inputs = [input] + (try shapes(for: input))
    return ParameterTable(
      zip(layers, inputs).map { layer, input in (layer.name ?? "", layer.parameters(for: input)) })
  }

  /// The activation of the last layer.
  public var outputActivation: Activation { (layers.last as? any ActivatedLayer)?.activation ?? .linear }

  /// The layers without the last one's activation: what a loss computes from.
  func layersToLogits() -> [any Layer] {
    guard var last = layers.last as? any ActivatedLayer else { return layers }
    last.activation = .linear
    return layers.dropLast() + [last]
  }

  private static func named(_ layers: [any Layer]) -> [any Layer] {
    var counts: [String: Int] = [:]
    return layers.map { layer in
      guard layer.name == nil else { return layer }
      var layer = layer
      let base = type(of: layer).defaultName
      let count = counts[base, default: 0]
      counts[base] = count + 1
      layer.name = count == 0 ? base : "\(base)_\(count)"
      return layer
    }
  }

  private static func repeatedName(_ layers: [any Layer]) -> String? {
    var seen: Set<String> = []
    return layers.compactMap(\.name).first { !seen.insert($0).inserted }
  }
}

/// Keras' first entry, which only says the shape of the input.
struct InputLayer: Codable {
  let shape: Shape

  init(_ shape: Shape) { self.shape = shape }

  private enum CodingKeys: String, CodingKey { case className = "class_name", config }
  private enum ConfigKeys: String, CodingKey {
    case batchShape = "batch_shape", oldBatchShape = "batch_input_shape", dtype, name, sparse, ragged
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    guard try container.decode(String.self, forKey: .className) == "InputLayer" else {
      throw ConfigurationError("not an InputLayer")
    }
    let config = try container.nestedContainer(keyedBy: ConfigKeys.self, forKey: .config)
    let key: ConfigKeys = config.contains(.batchShape) ? .batchShape : .oldBatchShape
    shape = Shape(try config.decode([Int?].self, forKey: key).dropFirst().compactMap { $0 })
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("InputLayer", forKey: .className)
    var config = container.nestedContainer(keyedBy: ConfigKeys.self, forKey: .config)
    try config.encode([nil] + shape.dimensions.map(Optional.init), forKey: .batchShape)
    try config.encode("float32", forKey: .dtype)
    try config.encode("input_layer", forKey: .name)
    try config.encode(false, forKey: .sparse)
    try config.encode(false, forKey: .ragged)
  }
}
