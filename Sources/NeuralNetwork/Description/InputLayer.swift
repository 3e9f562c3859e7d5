/// Keras' first entry, which only says the shape of the input.
struct InputLayer: Codable {
  let shape: Shape
  /// Whether it stands in a graph, where layers say what they take.
  private var isNode = false

  init(_ shape: Shape, isNode: Bool = false) {
    self.shape = shape
    self.isNode = isNode
  }

  /// What tells the entry from a layer.
  struct Mark: Decodable {
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      guard try container.decode(String.self, forKey: .className) == "InputLayer" else {
        throw ConfigurationError("not an InputLayer")
      }
    }
  }

  private enum CodingKeys: String, CodingKey { case className = "class_name", config }
  private enum ConfigKeys: String, CodingKey {
    case batchShape = "batch_shape", oldBatchShape = "batch_input_shape", dtype, name, sparse, ragged
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let config = try container.nestedContainer(keyedBy: ConfigKeys.self, forKey: .config)
    shape = try config.decodeBatchShape(forKey: config.contains(.batchShape) ? .batchShape : .oldBatchShape)
  }

  /// Writes what Keras 2 and 3 read.

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("InputLayer", forKey: .className)
    if isNode {
      var node = encoder.container(keyedBy: AnyKey.self)
      try node.encode(KerasGraph.input, forKey: AnyKey(stringValue: "name"))
      try node.encode([Int](), forKey: AnyKey(stringValue: "inbound_nodes"))
    }
    var config = container.nestedContainer(keyedBy: ConfigKeys.self, forKey: .config)
    try config.encode([nil] + shape.dimensions.map(Optional.init), forKey: .oldBatchShape)
    try config.encode("float32", forKey: .dtype)
    try config.encode(KerasGraph.input, forKey: .name)
    try config.encode(false, forKey: .sparse)
    try config.encode(false, forKey: .ragged)
  }
}

extension KeyedDecodingContainer {
  /// The shape of a sample, out of that of a batch.
  func decodeBatchShape(forKey key: Key) throws -> Shape {
    let place = ConfigurationError.place(codingPath + [key])
    let dimensions = try decode([Int?].self, forKey: key).dropFirst()
    guard !dimensions.contains(nil) else {
      throw ConfigurationError(
        "the shape of the input is left open, found [null, \(dimensions.map { $0.map(String.init) ?? "null" }.joined(separator: ", "))]",
        at: place,
        advice: "give it one in Keras and save that: "
          + "keras.Sequential([keras.Input((HEIGHT, WIDTH, CHANNELS)), *model.layers]).save('FILE.h5')")
    }
    return try Shape(checking: dimensions.compactMap { $0 }, at: place)
  }
}
