import OneDNN

/// Layers in order that are a part of another layer; none hand their input on.
public struct NestedLayers: Sendable {
  /// The layers, each with a name of its own among them.
  public let layers: [any Layer]
  /// The names of those that training leaves as they are: Keras' `trainable: false`.
  public private(set) var frozen: Set<String> = []

  /// Layers in order; those without a name are numbered as a model numbers its own.
  public init(_ layers: [any Layer]) { self.layers = ModelDescription.named(layers) }

  /// Whether training leaves `layer` as it is.
  func isFrozen(_ layer: any Layer) -> Bool { frozen.contains(layer.name ?? "") }

  /// The shape of the result, for samples of shape `input`.
  ///
  /// - Throws: ``ShapeError`` that names the layer.
  func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    try shapes(for: input).last ?? input
  }

  private func shapes(for input: Shape) throws(ShapeError) -> [Shape] {
    var shapes: [Shape] = []
    for layer in layers {
      do throws(ShapeError) {
        shapes.append(try layer.boundedOutputShape(for: shapes.last ?? input))
      } catch {
        var error = error
        error.layer = error.layer.isEmpty ? layer.name ?? "" : "\(layer.name ?? ""), \(error.layer)"
        throw error
      }
    }
    return shapes
  }

  /// What the layers learn; each name has that of its layer before it.
  func parameters(for input: Shape) -> [ParameterSpecification] {
    guard let shapes = try? shapes(for: input) else { return [] }
    return zip(layers, [input] + shapes).flatMap { layer, shape in
      layer.parameters(for: shape).map { parameter in
        var parameter = parameter.nested(in: layer.name ?? "")
        if isFrozen(layer) { parameter.role = .frozen }
        return parameter
      }
    }
  }

  /// The same list with every layer replaced.
  func map(_ transform: (any Layer) -> any Layer) -> NestedLayers {
    var list = NestedLayers(layers.map(transform))
    list.frozen = frozen
    return list
  }

  /// Creates the plans of the layers, one after the other.
  func plan(_ context: PlanContext) throws -> any LayerPlan {
    guard !layers.isEmpty else { return IdentityPlan(context.input) }
    var plans: [any LayerPlan] = []
    var (input, shape) = (context.input, context.inputShape)
    for (layer, output) in zip(layers, try shapes(for: shape)) {
      let plan = try layer.plan(
        context.nested(layer.name ?? "", input: input, inputShape: shape, outputShape: output))
      plans.append(plan)
      (input, shape) = (plan.output, output)
    }
    return ChainPlan(plans)
  }
}

extension NestedLayers: Codable {
  /// The keys under which layers have lists of layers.
  private static let keys = ["layers", "branches", "shortcut"]
  /// How deep blocks may lie in each other: Inception has three, and every level takes stack wherever a model is walked.
  static let greatestNesting = 16

  /// Reads a list of layers.
  public init(from decoder: any Decoder) throws {
    // The model's own list, which has such a key in some forms and none in others, is no block.
    let nesting = decoder.codingPath.drop { $0.intValue == nil }.count { Self.keys.contains($0.stringValue) }
    guard nesting <= Self.greatestNesting else {
      throw ConfigurationError(
        "layers are nested more than \(Self.greatestNesting) deep",
        at: ConfigurationError.place(Array(decoder.codingPath.prefix(4))), advice: "write them one after the other")
    }
    var list = try decoder.unkeyedContainer()
    var layers: [any Layer] = []
    var frozenPlaces: Set<Int> = []
    while !list.isAtEnd {
      var probe = list
      let place = ConfigurationError.place(list.codingPath + [AnyKey(intValue: list.currentIndex)])
      var layer = try list.decode(Choice<LayerRegistry>.self).value
      if layer.name == type(of: layer).kind { layer.name = nil }
      if let name = layer.name { try ModelDescription.check(name, of: "a layer", at: place) }
      if try !probe.decode(LayerRemarks.self).isTrainable { frozenPlaces.insert(layers.count) }
      layers.append(layer)
    }
    self.init(layers)
    frozen = Set(frozenPlaces.compactMap { self.layers[$0].name })
    let names = self.layers.compactMap(\.name)
    guard Set(names).count == names.count else {
      throw ConfigurationError(
        "two layers have one name", at: ConfigurationError.place(decoder.codingPath),
        advice: "give each a name of its own")
    }
  }

  /// Writes the list.
  public func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    for layer in layers { try list.encode(LayerForm(layer, isFrozen: isFrozen(layer))) }
  }
}
