/// A whole model of Keras in the place of a layer: its layers stand in the list instead.
struct NestedModel: Decodable {
  let model: ModelDescription
  let isTrainable: Bool

  /// What tells the entry from a layer.
  struct Mark: Decodable {
    init(from decoder: any Decoder) throws {
      let name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .className)
      guard ModelDescription.kerasClasses.contains(name) else { throw ConfigurationError("not a model") }
    }
  }

  private enum CodingKeys: String, CodingKey { case className = "class_name", config }
  private enum ConfigKeys: CodingKey { case trainable }

  init(from decoder: any Decoder) throws {
    model = try ModelDescription(from: decoder)
    let config = try? decoder.container(keyedBy: CodingKeys.self)
      .nestedContainer(keyedBy: ConfigKeys.self, forKey: .config)
    isTrainable = try config?.decodeIfPresent(Bool.self, forKey: .trainable) ?? true
  }
}
