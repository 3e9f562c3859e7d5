import FoundationEssentials
import NeuralNetwork
import Training

/// An axis over the model itself: `model.filters` is a key of every layer that has it, `model.dense.units` one of the layer
/// of that name.
struct ModelAxis {
  private let layer: String?
  private let key: String
  private let setting: String

  /// The axis with this path; nil if it is no path into a model.
  init?(_ setting: String) {
    let path = setting.split(separator: ".").map(String.init)
    guard path.count > 1, path[0] == "model" else { return nil }
    self.setting = setting
    key = path[path.count - 1]
    layer = path.count > 2 ? path[1..<path.count - 1].joined(separator: ".") : nil
  }

  /// The model as a run file has it.
  static func form(of model: ModelDescription) throws -> ConfigurationValue {
    try JSONDecoder().decode(ConfigurationValue.self, from: JSONEncoder().encode(model))
  }

  /// The model with the key set, as a run file has it.
  ///
  /// - Throws: `ConfigurationError` if no layer has the key, or none the name.
  func set(_ value: ConfigurationValue, in model: ModelDescription) throws -> ConfigurationValue {
    let form = try Self.form(of: model)
    guard case .mapping(var description) = form, case .array(let layers) = description["layers"] else { return form }
    // A key of the model itself, such as its penalty.
    if layer == nil, description[key] != nil, key != "layers" {
      description[key] = value
      return .mapping(description)
    }
    var known: [String] = []
    var isSet = false
    description["layers"] = .array(
      layers.map { entry in
        guard case .mapping(var parts) = entry, case .mapping(var config) = parts["config"] else { return entry }
        known += layer == nil ? config.keys.filter { $0 != "name" } : [config["name"]?.bareText ?? ""]
        guard layer == nil ? config[key] != nil : config["name"] == layer.map({ .string($0) }) else { return entry }
        config[key] = value
        parts["config"] = .mapping(config)
        isSet = true
        return .mapping(parts)
      })
    guard isSet else {
      let what = layer.map { "no layer is called '\($0)'" } ?? "no layer has a '\(key)'"
      throw ConfigurationError(
        "\(what) in the model '\(model.name)'", at: "axis \(setting)",
        advice: "known: \(Set(known).sorted().joined(separator: ", "))")
    }
    return .mapping(description)
  }
}
