/// Several lists of layers on one input, whose results are added or put side by side: the modules of GoogLeNet.
///
/// - Input: any shape that all branches take. Output: for `concatenate` the channels of all branches, which must agree in
///   the other lengths; for `add` their common shape.
///
/// Source: Szegedy and others, "Going deeper with convolutions" (2014).
public struct Branches: BranchedLayer {
  /// Its name in files.
  public static let kind = "Branches"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(
      Branches([
        [Conv2D(filters: 3, kernelSize: (1, 1), activation: .tanh)],
        [Conv2D(filters: 2, kernelSize: (1, 1)), Conv2D(filters: 5, kernelSize: (3, 3), padding: .same)],
        [AveragePooling2D(poolSize: (3, 3), strides: (1, 1), padding: .same)],
      ]), on: [5, 4, 2]),
    LayerExample(Branches([[Dense(units: 4)], [Dense(units: 4, activation: .sigmoid)], []], merge: .add), on: [4]),
    LayerExample(Branches([[Conv2D(filters: 16, kernelSize: (1, 1))], []]), on: [3, 3, 16]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The lists; an empty one hands the input on.
  public var lists: [NestedLayers]
  /// How the results become one.
  public var merge: BranchMerge

  /// Branches of these layers.
  public init(_ lists: [[any Layer]], merge: BranchMerge = .concatenate) {
    self.lists = lists.map { NestedLayers($0) }
    self.merge = merge
  }

  /// The lists, numbered.
  public var branches: [(name: String, layers: NestedLayers)] { lists.enumerated().map { ("\($0)", $1) } }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, branches, merge }

  /// Reads the lists.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    lists = try container.decode([NestedLayers].self, forKey: .branches)
    let written = try container.decodeIfPresent(String.self, forKey: .merge) ?? BranchMerge.concatenate.rawValue
    guard let merge = BranchMerge(rawValue: written), lists.count > 1 else {
      throw ConfigurationError(
        lists.count > 1 ? "unknown merge '\(written)'" : "expected at least two branches, found \(lists.count)",
        at: ConfigurationError.place(decoder.codingPath),
        advice: "write branches: [[…], […]] and merge: concatenate or add")
    }
    self.merge = merge
  }

  /// Writes the lists.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(lists, forKey: .branches)
    try container.encode(merge, forKey: .merge)
  }

  /// The same layer with every layer of its branches replaced.
  public func mappingLayers(_ transform: (any Layer) -> any Layer) -> Branches {
    var layer = self
    layer.lists = lists.map { $0.map(transform) }
    return layer
  }
}
