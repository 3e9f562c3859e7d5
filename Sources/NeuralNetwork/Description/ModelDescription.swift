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
/// where an entry may also be all layers of a model of the course, `{model: vgg16, trainable: false}`;
/// the bare list of layers, and what Keras' `model.to_json()` writes for a `Sequential` model.
public struct ModelDescription: Codable, Sendable {
  /// What models are called that have no name.
  public static let nameless = "model"

  /// The model's name.
  public var name: String
  /// The shape of one sample, if the description fixes it.
  public var inputShape: Shape?
  /// The L2 penalty on the kernel of every layer that names none.
  public var l2: Double
  /// The layers, each with the name that it has in checkpoints.
  public private(set) var layers: [any Layer]
  /// The names of the layers that training leaves as they are: Keras' `trainable: false`.
  public private(set) var frozen: Set<String> = []
  /// What is to be said of a model of Keras that is not computed here as it is there; nil for most.
  public var remark: String? { KerasPrecision.remark(on: precisions) }

  /// The number formats that Keras computes the layers in, by name.
  private var precisions: Set<String> = []

  /// A model of these layers; those without a name are numbered as Keras does: `dense`, `dense_1`.
  public init(name: String, inputShape: Shape? = nil, l2: Double = 0, layers: [any Layer]) {
    self.name = name
    self.inputShape = inputShape
    self.l2 = l2
    self.layers = Self.named(layers)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, inputShape = "input_shape", l2, layers }
  private enum KerasKeys: String, CodingKey { case className = "class_name", config }

  /// The classes of Keras' models that can be read.
  static let kerasClasses: Set = ["Sequential", "Functional", "Model"]

  /// Reads any of the forms.
  ///
  /// - Throws: ``ConfigurationError`` that names the place, what is wrong there, and the nearest that is known.
  public init(from decoder: any Decoder) throws {
    if let list = try? decoder.unkeyedContainer() {
      try self.init(name: Self.nameless, inputShape: nil, l2: 0, entries: list)
      return
    }
    let keras = try decoder.container(keyedBy: KerasKeys.self)
    if keras.contains(.className) {
      let className = try keras.decode(String.self, forKey: .className)
      guard Self.kerasClasses.contains(className) else {
        throw ConfigurationError(
          "a Keras model of class '\(className)' cannot be read", at: ConfigurationError.place(decoder.codingPath),
          advice:
            "only Sequential models, and Functional ones that are a chain, are lists of layers; a subclassed model has no layers in its file"
        )
      }
      // As Keras wrote models before 2.2.3.
      if className == "Sequential", let layers = try? keras.nestedUnkeyedContainer(forKey: .config) {
        try self.init(name: "sequential", inputShape: nil, l2: 0, entries: layers)
        return
      }
      let container = try keras.nestedContainer(keyedBy: CodingKeys.self, forKey: .config)
      if className != "Sequential" {
        try KerasChain.check(
          container.decode(ConfigurationValue.self, forKey: .layers),
          at: ConfigurationError.place(container.codingPath + [CodingKeys.layers]))
      }
      try self.init(
        name: container.decodeIfPresent(String.self, forKey: .name) ?? "sequential", inputShape: nil, l2: 0,
        entries: container.nestedUnkeyedContainer(forKey: .layers))
      return
    }
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    let l2 = try container.decodeIfPresent(Double.self, forKey: .l2) ?? 0
    guard l2 >= 0, l2.isFinite else {
      throw ConfigurationError(
        "l2 must not be negative, found \(l2)", at: ConfigurationError.place(container.codingPath + [CodingKeys.l2]))
    }
    try self.init(
      name: container.decodeIfPresent(String.self, forKey: .name) ?? Self.nameless,
      inputShape: container.decodeIfPresent(Shape.self, forKey: .inputShape), l2: l2,
      entries: container.nestedUnkeyedContainer(forKey: .layers))
  }

  private init(name: String, inputShape: Shape?, l2: Double, entries: any UnkeyedDecodingContainer) throws {
    var entries = entries
    var layers: [any Layer] = []
    var frozenPlaces: Set<Int> = []
    var precisions: Set<String> = []
    var shape = inputShape
    while !entries.isAtEnd {
      var (probe, keys, nested) = (entries, entries, entries)
      if (try? probe.decode(InputLayer.Mark.self)) != nil {
        shape = try entries.decode(InputLayer.self).shape
      } else if let container = try? keys.nestedContainer(keyedBy: AnyKey.self),
        container.contains(AnyKey(stringValue: IncludedModel.key))
      {
        let included = try entries.decode(IncludedModel.self)
        if !included.isTrainable { frozenPlaces.formUnion(layers.count..<layers.count + included.layers.count) }
        layers += included.layers
      } else if (try? nested.decode(NestedModel.Mark.self)) != nil {
        let included = try entries.decode(NestedModel.self)
        let model = included.model
        if layers.isEmpty { shape = shape ?? model.inputShape }
        for (place, layer) in model.layers.enumerated() where !included.isTrainable || model.isFrozen(layer) {
          frozenPlaces.insert(layers.count + place)
        }
        precisions.formUnion(model.precisions)
        layers += model.layers
      } else {
        let place = ConfigurationError.place(entries.codingPath + [AnyKey(intValue: entries.currentIndex)])
        var layer = try entries.decode(Choice<LayerRegistry>.self).value
        // In `{name: Dense, units: 10}` the name is the class.
        if layer.name == type(of: layer).kind { layer.name = nil }
        let also = try probe.decode(LayerRemarks.self)
        if !also.isTrainable { frozenPlaces.insert(layers.count) }
        if layers.isEmpty { shape = try shape ?? also.inputShape }
        if let precision = also.precision { precisions.insert(precision.name) }
        if let name = layer.name { try Self.check(name, of: "a layer", at: place) }
        layers.append(layer)
      }
    }
    guard !layers.isEmpty else { throw ConfigurationError("the model has no layers", at: "layers") }
    self.init(name: name, inputShape: shape, l2: l2, layers: layers)
    frozen = Set(frozenPlaces.compactMap { self.layers[$0].name })
    self.precisions = precisions
    try Self.check(
      name, of: "the model", at: ConfigurationError.place(entries.codingPath.dropLast() + [CodingKeys.name]))
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
    try container.encode(layers.map { LayerForm($0, isFrozen: isFrozen($0)) }, forKey: .layers)
  }

  /// Whether training leaves `layer` as it is.
  func isFrozen(_ layer: any Layer) -> Bool { frozen.contains(layer.name ?? "") }

  /// The same model with the model's L2 penalty written into every layer that can have one and names none.
  public func withPenalties() -> ModelDescription {
    var model = self
    guard l2 > 0 else { return model }
    model.layers = layers.map { $0.regularized(by: Regularizer(l2: l2)) }
    return model
  }

  /// The same model with another layer in the place of one.
  func replacingLayer(_ index: Int, by layer: any Layer) -> ModelDescription {
    var model = self
    model.layers[index] = layer
    return model
  }

  /// The shape of the output of each layer, for samples of shape `input`.
  ///
  /// - Throws: ``ShapeError`` that names the first layer that cannot take what it is given, or makes too much of it.
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
        shapes.append(try layer.boundedOutputShape(for: shapes.last ?? input))
      } catch {
        var error = error
        error.layer = place(ofLayer: index) + (error.layer.isEmpty ? "" : ", \(error.layer)")
        throw error
      }
    }
    return shapes
  }

  /// A layer as messages name it: `layer 2, conv2d (Conv2D)`.
  public func place(ofLayer index: Int) -> String {
    "layer \(index + 1), \(layers[index].name ?? "") (\(type(of: layers[index]).kind))"
  }

  /// Where the parameters of all layers lie, for samples of shape `input`.
  ///
  /// - Throws: ``ShapeError`` as ``shapes(for:)`` does, and for the layer with which parameters become too many.
  public func parameterTable(for input: Shape) throws(ShapeError) -> ParameterTable {
    let inputs = [input] + (try shapes(for: input))
    let parameters = zip(layers, inputs).map { layer, input in
      layer.parameters(for: input).map { parameter in
        var parameter = parameter
        if isFrozen(layer) { parameter.role = .frozen }
        return parameter
      }
    }
    var total = 0
    for (index, parameter) in parameters.enumerated().flatMap({ index, all in all.map { (index, $0) } }) {
      total += Shape.count(of: parameter.shape) ?? Shape.maximumCount
      guard total <= ParameterTable.maximumCount else {
        var error = ShapeError(
          expected: "a model of at most \(ParameterTable.maximumCount) parameters", found: Shape(parameter.shape),
          advice: "use fewer filters or units, or smaller kernels")
        error.layer = "\(place(ofLayer: index)), \(parameter.name)"
        throw error
      }
    }
    return ParameterTable(zip(layers, parameters).map { layer, parameters in (layer.name ?? "", parameters) })
  }

  /// The activation of the last layer.
  public var outputActivation: Activation { (layers.last as? any ActivatedLayer)?.activation ?? .linear }

  /// The layers without the last one's activation: what a loss computes from that takes logits.
  func layersToLogits() -> [any Layer] {
    guard let last = layers.last as? any ActivatedLayer else { return layers }
    return layers.dropLast() + [last.withoutActivation]
  }

  static func named(_ layers: [any Layer]) -> [any Layer] {
    var counts: [String: Int] = [:]
    let taken = Set(layers.compactMap(\.name))
    return layers.map { layer in
      guard layer.name == nil else { return layer }
      var layer = layer
      let base = type(of: layer).defaultName
      var name = base
      repeat {
        let count = counts[base, default: 0]
        counts[base] = count + 1
        name = count == 0 ? base : "\(base)_\(count)"
      } while taken.contains(name)
      layer.name = name
      return layer
    }
  }

  /// Checks that a checkpoint can have a group of that name.
  static func check(_ name: String, of what: String, at place: String) throws(ConfigurationError) {
    guard
      name.isEmpty || [".", "..", "top_level_model_weights", KerasGraph.input].contains(name)
        // By scalars, as Keras and HDF5 do: an accent makes another character of a slash, and no other scalar.
        || name.unicodeScalars.contains(where: { $0 == "/" || $0 == "\0" })
    else { return }
    throw ConfigurationError(
      "'\(name)' cannot be the name of \(what)", at: place, advice: "use letters, digits, '_' and '-'")
  }

  private static func repeatedName(_ layers: [any Layer]) -> String? {
    var seen: Set<String> = []
    return layers.compactMap(\.name).first { !seen.insert($0).inserted }
  }
}

/// A layer as files have it, with what the model says about it.
struct LayerForm: Encodable {
  private let layer: any Layer
  private let isFrozen: Bool

  init(_ layer: any Layer, isFrozen: Bool) {
    self.layer = layer
    self.isFrozen = isFrozen
  }

  func encode(to encoder: any Encoder) throws {
    let config = AnyKey(stringValue: "config")
    var container = encoder.container(keyedBy: AnyKey.self)
    try container.encode(type(of: layer).kind, forKey: AnyKey(stringValue: "class_name"))
    let settings = container.superEncoder(forKey: config)
    try layer.encode(to: settings)
    if isFrozen {
      var keys = settings.container(keyedBy: AnyKey.self)
      try keys.encode(false, forKey: AnyKey(stringValue: "trainable"))
    }
  }
}
