/// All layers of a model of the course as an entry of another's list: what transfer learning puts a new top on.
///
///     - {model: vgg16, trainable: false}
struct IncludedModel: Decodable {
  /// The key that tells such an entry from a layer.
  static let key = CodingKeys.model.rawValue

  let layers: [any Layer]
  let isTrainable: Bool

  private enum CodingKeys: String, CodingKey, CaseIterable { case model, trainable }

  /// Reads the model's name.
  ///
  /// - Throws: ``ConfigurationError`` that names the known ones.
  init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .model)
    if name.contains(where: { "./".contains($0) }) {
      throw ConfigurationError(
        "'\(name)' is a file; of files, a list of layers can include none",
        at: ConfigurationError.place(container.codingPath + [CodingKeys.model]),
        advice: "write its layers into the list, and start from its weights: --initial-weights FILE; known here: "
          + CourseModels.names)
    }
    do {
      layers = try CourseModels.model(named: name).description.layers
    } catch {
      var error = error
      error.place = ConfigurationError.place(container.codingPath + [CodingKeys.model])
      throw error
    }
    isTrainable = try container.decodeIfPresent(Bool.self, forKey: .trainable) ?? true
  }
}
