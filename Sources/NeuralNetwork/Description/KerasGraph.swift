import FoundationEssentials

/// A model as the layers that Keras has: what checkpoints say, so that `keras.models.load_model` reads them.
///
/// Most layers are Keras' own. One that Keras lacks, such as ``Residual``, says which layers of Keras are the same.
public struct KerasGraph {
  /// A layer of Keras.
  public struct Node: Sendable {
    /// Its name, unique in the graph.
    public let name: String
    /// Its class.
    public let className: String
    /// Its settings.
    public let config: [String: ConfigurationValue]
    /// The names of the layers whose outputs it takes.
    public let inputs: [String]
    /// Its weights, in Keras' order.
    public let weights: [Weight]
  }

  /// A weight of a layer of Keras: one of our parameters.
  public struct Weight: Sendable, Equatable {
    /// Keras' name for it.
    public let name: String
    /// The layer of the model that it belongs to.
    public let layer: Int
    /// Its name in the parameter table.
    public let parameter: String
  }

  /// The name of the input.
  static let input = "input_layer"

  /// The layers, in the order in which Keras numbers them after loading.
  public private(set) var nodes: [Node] = []
  /// Whether they are a chain of the model's own layers: Keras' `Sequential`.
  public private(set) var isSequential = true

  private var layer = 0
  private var isFrozen = false
  private var namePath = ""
  private var parameterPath = ""

  /// Lays out `model` for samples of shape `input`.
  ///
  /// - Throws: ``ShapeError`` if a layer cannot take what it is given, ``ConfigurationError`` if two layers of Keras would
  ///   have one name.
  public init(_ model: ModelDescription, input: Shape) throws {
    let shapes = [input] + (try model.shapes(for: input))
    var source = Self.input
    for (index, layer) in model.layers.enumerated() {
      self.layer = index
      isFrozen = model.isFrozen(layer)
      source = try layer.addKerasLayers(to: &self, input: shapes[index], from: source)
    }
    var names: Set = [Self.input]
    if let twice = nodes.first(where: { !names.insert($0.name).inserted }) {
      throw ConfigurationError(
        "in Keras two layers would be named '\(twice.name)'", at: "layers",
        advice: "layers of Residual, Branches and paddings are named after their block there; choose other names")
    }
    isSequential = nodes.map(\.name) == model.layers.map(\.name)
    if !isSequential { nodes = Self.inKerasOrder(nodes, output: source) }
  }

  /// Adds a layer of Keras; returns its name.
  public mutating func append(
    _ className: String, _ config: [String: ConfigurationValue], named name: String, from inputs: [String],
    weights: [Weight] = []
  ) -> String {
    let name = namePath + name
    var config = config
    config["name"] = .string(name)
    if isFrozen { config["trainable"] = .bool(false) }
    nodes.append(Node(name: name, className: className, config: config, inputs: inputs, weights: weights))
    return name
  }

  /// Adds a layer that Keras has too; returns its name.
  ///
  /// - Parameter name: its name in the graph; nil takes its own.
  mutating func append(_ layer: any Layer, input: Shape, from source: String, named name: String? = nil) throws
    -> String
  {
    guard
      case .mapping(let config) = try JSONDecoder().decode(
        ConfigurationValue.self, from: JSONEncoder().encode(AnyRegistered(layer.kerasForm)))
    else { return source }
    let weights = layer.parameters(for: input).map {
      Weight(name: $0.name, layer: self.layer, parameter: parameterPath + $0.name)
    }
    return append(
      type(of: layer.kerasForm).kind, config, named: name ?? layer.name ?? type(of: layer).defaultName, from: [source],
      weights: weights)
  }

  /// Adds layers in the place of the one of that name, each named after it; returns the name of the last.
  mutating func append(_ chain: [any Layer], named name: String, input: Shape, from source: String) throws -> String {
    var (source, shape) = (source, input)
    for (index, layer) in chain.enumerated() {
      source = try append(layer, input: shape, from: source, named: "\(name)_\(index)")
      shape = try layer.outputShape(for: shape)
    }
    return source
  }

  /// Adds the layers nested in another, of that name there and in its parameters; returns the name of the last.
  mutating func appendNested(
    _ layers: NestedLayers, named name: String, in outer: String, input: Shape, from source: String
  )
    throws -> String
  {
    let before = (namePath, parameterPath, isFrozen)
    defer { (namePath, parameterPath, isFrozen) = before }
    namePath += "\(outer)_\(name)_"
    parameterPath += "\(name)/"
    let parameters = parameterPath
    var (source, shape) = (source, input)
    for layer in layers.layers {
      parameterPath = "\(parameters)\(layer.name ?? "")/"
      isFrozen = before.2 || layers.isFrozen(layer)
      source = try layer.addKerasLayers(to: &self, input: shape, from: source)
      shape = try layer.outputShape(for: shape)
    }
    return source
  }

  /// Keras numbers layers by their distance from the output, the farthest first; among equals the one comes first that is
  /// met first on the way from the output to the input (`keras.src.ops.function.map_graph`).
  private static func inKerasOrder(_ nodes: [Node], output: String) -> [Node] {
    let byName = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0) })
    var met: [String: Int] = [:]
    func visit(_ name: String) {
      guard met[name] == nil, let node = byName[name] else { return }
      met[name] = met.count
      node.inputs.forEach(visit)
    }
    visit(output)
    var depths = [output: 0]
    // Layers are listed after those whose outputs they take.
    for node in nodes.reversed() {
      let depth = depths[node.name] ?? 0
      for input in node.inputs { depths[input] = max(depths[input] ?? 0, depth + 1) }
    }
    return nodes.sorted { left, right in
      let (leftDepth, rightDepth) = (depths[left.name] ?? 0, depths[right.name] ?? 0)
      return leftDepth == rightDepth ? (met[left.name] ?? 0) < (met[right.name] ?? 0) : leftDepth > rightDepth
    }
  }

  /// The name of the layer that puts out the result.
  var output: String {
    let taken = Set(nodes.flatMap(\.inputs))
    return nodes.last { !taken.contains($0.name) }?.name ?? Self.input
  }
}

/// Writes the settings of whatever it is.
struct AnyRegistered: Encodable {
  let value: any Registered

  init(_ value: any Registered) { self.value = value }

  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Layer {
  /// Adds the layer itself: Keras has it.
  public func addKerasLayers(to graph: inout KerasGraph, input: Shape, from source: String) throws -> String {
    try graph.append(self, input: input, from: source)
  }
}
