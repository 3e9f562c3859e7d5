/// The number format that a layer of Keras computes in, as its `dtype` says: a name, or a policy.
///
/// Every layer is computed in float32 here, so that another format is worth a word.
struct KerasPrecision: Equatable {
  /// Keras' name.
  let name: String

  /// The names that can be read.
  static let names = ["float32", "mixed_bfloat16", "mixed_float16", "bfloat16", "float16", "float64"]

  private init(name: String) { self.name = name }

  /// Reads what Keras 2 and 3 write; nil if it is another format.
  init?(_ value: ConfigurationValue) {
    switch value {
    case .string(let name) where Self.names.contains(name): self.init(name: name)
    case .mapping(let policy):
      guard case .mapping(let config) = policy["config"], let name = config["name"] else { return nil }
      self.init(name)
    default: return nil
    }
  }

  /// What is to be said about layers in these formats; nil if all are in float32.
  static func remark(on names: Set<String>) -> String? {
    let others = names.subtracting(["float32"]).sorted()
    guard !others.isEmpty else { return nil }
    return "Keras computes this model in \(others.joined(separator: ", ")); here it is computed in float32, and the "
      + "results differ in their last digits"
  }
}
