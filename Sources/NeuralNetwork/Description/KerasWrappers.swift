extension ConfigurationValue {
  /// The same without the wrappers in which versions of Keras write arrays and tuples as JSON:
  /// `{type: ndarray, value: 0.3}`, `{class_name: __tuple__, items: [3, 3]}`, `{class_name: __numpy__, config: {value: …}}`.
  public var withoutKerasWrappers: ConfigurationValue {
    switch self {
    case .array(let elements): return .array(elements.map(\.withoutKerasWrappers))
    case .mapping(let form):
      if form["type"] == .string("ndarray"), let value = form["value"] { return value.withoutKerasWrappers }
      switch (form["class_name"], form["items"], form["config"]) {
      case (.string("__tuple__"), let items?, _): return items.withoutKerasWrappers
      case (.string("__numpy__"), _, .mapping(let config)): return (config["value"] ?? .null).withoutKerasWrappers
      default: return .mapping(form.mapValues(\.withoutKerasWrappers))
      }
    default: return self
    }
  }
}
