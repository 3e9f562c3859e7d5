import OneDNN

/// Layers in order that are a part of another layer; none hand their input on.
public struct NestedLayers: Sendable {
  /// The layers, each with a name of its own among them.
  public let layers: [any Layer]

  /// Layers in order; those without a name are numbered as a model numbers its own.
  public init(_ layers: [any Layer]) { self.layers = ModelDescription.named(layers) }

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
        shapes.append(try layer.outputShape(for: shapes.last ?? input))
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
      layer.parameters(for: shape).map { $0.nested(in: layer.name ?? "") }
    }
  }

  /// The same layers with `regularizer` on the kernels that have none of their own.
  func regularized(by regularizer: Regularizer) -> NestedLayers {
    NestedLayers(layers.map { $0.regularized(by: regularizer) })
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
  /// Reads a list of layers.
  public init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    var layers: [any Layer] = []
    while !list.isAtEnd {
      var layer = try list.decode(Choice<LayerRegistry>.self).value
      if layer.name == type(of: layer).kind { layer.name = nil }
      layers.append(layer)
    }
    self.init(layers)
    let names = self.layers.compactMap(\.name)
    guard Set(names).count == names.count, !names.contains(where: { $0.contains("/") || $0.isEmpty }) else {
      throw ConfigurationError(
        "two layers have one name, or a name has a '/'", at: ConfigurationError.place(decoder.codingPath),
        advice: "give each a name of its own")
    }
  }

  /// Writes the list.
  public func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    for layer in layers { try list.encode(LayerForm(layer, isFrozen: false)) }
  }
}
