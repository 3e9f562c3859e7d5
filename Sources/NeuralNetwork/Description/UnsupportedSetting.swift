extension ConfigurationError {
  /// A setting of Keras that is known here but has one value only: with another the model would not be the same, or would
  /// not learn the same.
  static func unsupported(_ key: String, _ value: ConfigurationValue, at place: String) -> ConfigurationError {
    ConfigurationError(
      "'\(key)' has a value that is not supported here: \(text(of: value))", at: place, advice: advice(on: key))
  }

  /// What to do instead: never to do without it as if it did not matter.
  private static func advice(on key: String) -> String {
    switch key {
    case "groups": "build the model with groups 1; DepthwiseConv2D has kernels for each channel"
    case "data_format": "build the model with data_format channels_last"
    case "dtype": "known: \(KerasPrecision.names.joined(separator: ", "))"
    case "quantization_config": "save the model before it is quantized"
    case "weight_decay": "the optimizer adamw has it; with this one use l2, the penalty on kernels"
    case "noise_shape": "train such a model in Keras; SpatialDropout2D drops whole channels"
    case let key where key.hasSuffix("_regularizer") || key.hasSuffix("_constraint"):
      "train such a model in Keras; to evaluate it here, build it there without and copy the weights: "
        + "new.set_weights(old.get_weights())"
    default: "train with Keras what needs it"
    }
  }

  /// The value, or its class where Keras writes an object.
  private static func text(of value: ConfigurationValue) -> String {
    if case .mapping(let form) = value, case .string(let name) = form["class_name"] { return name }
    return value.description
  }
}
