/// The networks of the course documents, by the names that `--model` takes.
public enum CourseModels {
  /// All of them; a new one is one line here.
  public static let all: [ModelDescription] = [digits]

  /// The model of that name.
  ///
  /// - Throws: ``ConfigurationError`` that names the known ones.
  public static func model(named name: String) throws(ConfigurationError) -> ModelDescription {
    if let model = all.first(where: { $0.name == name.lowercased() }) { return model }
    let names = all.map(\.name)
    throw ConfigurationError(
      "unknown model '\(name)'", at: "model",
      advice: (nearest(to: name, among: names).map { "did you mean '\($0)'? " } ?? "")
        + "known: \(names.joined(separator: ", ")); a model file ends in .yaml, .yml or .json")
  }

  /// The network of the Keras digits experiment: 8×8 grey images, ten classes, 5,160 parameters, every kernel penalised.
  public static let digits = ModelDescription(
    name: "digits", l2: 0.01,
    layers: [
      Conv2D(filters: 10, kernelSize: (3, 3), activation: .relu),
      MaxPooling2D(poolSize: (2, 2)),
      Flatten(),
      Dense(units: 50, activation: .relu),
      Dense(units: 10, activation: .softmax),
    ])
}
