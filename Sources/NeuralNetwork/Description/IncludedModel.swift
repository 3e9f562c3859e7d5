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
    do {
      layers = try CourseModels.model(named: container.decode(String.self, forKey: .model)).description.layers
    } catch var error as ConfigurationError {
      error.place = ConfigurationError.place(container.codingPath + [CodingKeys.model])
      throw error
    }
    isTrainable = try container.decodeIfPresent(Bool.self, forKey: .trainable) ?? true
  }
}
