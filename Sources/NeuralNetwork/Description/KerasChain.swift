/// Keras' `Functional` models that are lists of layers all the same, as its own VGG16 is.
enum KerasChain {
  /// Checks that each layer takes the output of the one before it, and of no other.
  ///
  /// - Throws: ``ConfigurationError`` that names the first layer that does not.
  static func check(_ layers: ConfigurationValue, at place: String) throws(ConfigurationError) {
    guard case .array(let entries) = layers else {
      throw ConfigurationError("expected a list of layers", at: place)
    }
    var previous: String?
    for (index, entry) in entries.enumerated() {
      guard case .mapping(let layer) = entry, case .string(let name) = layer["name"] else {
        throw ConfigurationError("the layer has no name", at: "\(place)[\(index)]")
      }
      let inputs = layer["inbound_nodes"].map(inputs(in:)) ?? []
      guard inputs == (previous.map { [$0] } ?? []) else {
        throw ConfigurationError(
          "'\(name)' takes the output of \(inputs.isEmpty ? "nothing" : inputs.joined(separator: ", ")), expected "
            + (previous ?? "nothing"), at: "\(place)[\(index)]",
          advice: "only chains of layers can be read; write the model with Residual and Branches")
      }
      previous = name
    }
  }

  /// The names of the layers that a node takes: `["conv2d", 0, 0, …]`, wherever the form has them.
  private static func inputs(in value: ConfigurationValue) -> [String] {
    switch value {
    case .array(let elements):
      if elements.count >= 3, case .string(let name) = elements[0], case .int = elements[1], case .int = elements[2] {
        return [name]
      }
      return elements.flatMap(inputs(in:))
    case .mapping(let mapping): return mapping.sorted { $0.key < $1.key }.flatMap { inputs(in: $0.value) }
    default: return []
    }
  }
}
