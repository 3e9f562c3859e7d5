import NeuralNetwork

/// The forms in which Keras' `training_config` has a loss.
enum KerasLoss {
  /// The loss as a choice: of a list of one, or of one by the output's name, that one; a function by its name; of an
  /// object's settings those that say anything.
  static func form(of loss: ConfigurationValue) -> ConfigurationValue {
    switch loss {
    case .array(let losses) where losses.count == 1: return form(of: losses[0])
    case .mapping(let outputs) where outputs.count == 1 && outputs["class_name"] == nil && outputs["name"] == nil:
      return outputs.values.first.map(form(of:)) ?? loss
    case .mapping(var object):
      if object["class_name"] == .string("function") { return object["config"] ?? loss }
      guard case .mapping(let config) = object["config"] else { return loss }
      object["config"] = .mapping(
        config.filter { key, value in defaults[key]?.contains(value) != true && !names.contains(key) })
      return .mapping(object)
    default: return loss
    }
  }

  /// Whether weights of the losses change nothing.
  static func areOne(_ weights: ConfigurationValue) -> Bool {
    switch weights {
    case .null, .int(1), .double(1): true
    case .array(let all): all.allSatisfy(areOne)
    case .mapping(let all): all.values.allSatisfy(areOne)
    default: false
    }
  }

  /// What says what is done here anyway.
  private static let defaults: [String: [ConfigurationValue]] = [
    "reduction": [.string("sum_over_batch_size"), .string("auto")], "from_logits": [.bool(false)],
    "axis": [.int(-1)], "ignore_class": [.null], "label_smoothing": [.int(0), .double(0)],
  ]

  /// What an object is called, and the function behind it; every loss is computed in float32, and summed in more.
  private static let names: Set = ["name", "fn", "dtype"]
}
