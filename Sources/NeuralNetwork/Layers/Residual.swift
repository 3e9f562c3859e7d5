/// Layers whose result is added to their input, or to what the layers of a shortcut make of it: the block of ResNet.
///
/// - Input: any shape that the layers take; output: the shape that layers and shortcut have in common.
///
/// Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (2015).
public struct Residual: BranchedLayer {
  /// Its name in files.
  public static let kind = "Residual"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(
      Residual([
        Conv2D(filters: 3, kernelSize: (3, 3), padding: .same, activation: .tanh),
        Conv2D(filters: 3, kernelSize: (3, 3), padding: .same),
      ]), on: [5, 4, 3]),
    LayerExample(
      Residual(
        [Conv2D(filters: 4, kernelSize: (3, 3), strides: (2, 2), padding: .same), BatchNormalization()],
        shortcut: [Conv2D(filters: 4, kernelSize: (1, 1), strides: (2, 2))]), on: [5, 5, 2]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The layers.
  public var layers: NestedLayers
  /// The layers of the shortcut; none hand the input on.
  public var shortcut: NestedLayers

  /// Adds the result of `layers` to that of `shortcut`.
  public init(_ layers: [any Layer], shortcut: [any Layer] = []) {
    self.layers = NestedLayers(layers)
    self.shortcut = NestedLayers(shortcut)
  }

  /// The layers, and the shortcut.
  public var branches: [(name: String, layers: NestedLayers)] { [("layers", layers), ("shortcut", shortcut)] }
  /// The results are added.
  public var merge: BranchMerge { .add }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, layers, shortcut }

  /// Reads the lists.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    layers = try container.decode(NestedLayers.self, forKey: .layers)
    guard !layers.layers.isEmpty else {
      throw ConfigurationError(
        "the block has no layers", at: ConfigurationError.place(container.codingPath + [CodingKeys.layers]))
    }
    shortcut = try container.decodeIfPresent(NestedLayers.self, forKey: .shortcut) ?? NestedLayers([])
  }

  /// Writes the lists.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(layers, forKey: .layers)
    try container.encode(shortcut, forKey: .shortcut)
  }

  /// The same layer with every layer of its branches replaced.
  public func mappingLayers(_ transform: (any Layer) -> any Layer) -> Residual {
    var layer = self
    layer.layers = layers.map(transform)
    layer.shortcut = shortcut.map(transform)
    return layer
  }
}
