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
  public static let all: [CourseModel] = [
    digits, mnist, cifar10, byHandNetwork, byHandConvolution, convnetjs, leNet5, alexNet, vgg16, vgg16WithTop,
    resNet20, resNet50, googLeNet,
  ]

  /// Their names, for help texts.
  public static var names: String { all.map(\.description.name).joined(separator: ", ") }

  /// The model of that name.
  ///
  /// - Throws: ``ConfigurationError`` that names the known ones.
  public static func model(named name: String) throws(ConfigurationError) -> CourseModel {
    if let model = all.first(where: { $0.description.name == name.lowercased() }) { return model }
    let names = all.map(\.description.name)
    throw ConfigurationError(
      "unknown model '\(name)'", at: "model",
      advice: (nearest(to: name, among: names).map { "did you mean '\($0)'? " } ?? "")
        + "known: \(Self.names), or a file that ends in .yaml, .yml, .json or .h5")
  }
}

extension Layer {
  /// The same layer under that name.
  public func named(_ name: String) -> Self {
    var layer = self
    layer.name = name
    return layer
  }
}
