/// A network of the course documents.
public struct CourseModel: Sendable {
  /// The layers.
  public let description: ModelDescription
  /// The images it is used on in the documents; training takes the store's.
  public let input: Shape
}

/// The networks of the course documents, by the names that `--model` takes.
public enum CourseModels {
  /// All of them; a new one is one line here.
  public static let all: [CourseModel] = [digits]

  /// The model of that name.
  ///
  /// - Throws: ``ConfigurationError`` that names the known ones.
  public static func model(named name: String) throws(ConfigurationError) -> CourseModel {
    if let model = all.first(where: { $0.description.name == name.lowercased() }) { return model }
    let names = all.map(\.description.name)
    throw ConfigurationError(
      "unknown model '\(name)'", at: "model",
      advice: (nearest(to: name, among: names).map { "did you mean '\($0)'? " } ?? "")
        + "known: \(names.joined(separator: ", ")), or a file that ends in .yaml, .yml, .json or .h5")
  }

  /// The network of the Keras digits experiment: 8×8 grey images, ten classes, 5,160 parameters, every kernel penalised.
  public static let digits = CourseModel(
    description: ModelDescription(
      name: "digits", l2: 0.01,
      layers: [
        Conv2D(filters: 10, kernelSize: (3, 3), activation: .relu),
        MaxPooling2D(poolSize: (2, 2)),
        Flatten(),
        Dense(units: 50, activation: .relu),
        Dense(units: 10, activation: .softmax),
      ]),
    input: Shape([8, 8, 1]))
}
