import FoundationEssentials
import Glibc
import HDF5
import NeuralNetwork
import Numerics

/// Where a network's description comes from.
public enum ModelSource: Codable, Sendable {
  /// One of the course's models.
  case named(String)
  /// The layers themselves.
  case description(ModelDescription)

  /// Reads a name, or layers.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self = .named(name)
    } else {
      self = .description(try ModelDescription(from: decoder))
    }
  }

  /// Writes the name, or the layers.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .named(let name):
      var container = encoder.singleValueContainer()
      try container.encode(name)
    case .description(let description):
      try description.encode(to: encoder)
    }
  }

  /// The layers.
  ///
  /// - Throws: ``ConfigurationError`` if the name is unknown.
  public func description() throws -> ModelDescription {
    switch self {
    case .named(let name): try CourseModels.model(named: name).description
    case .description(let description): description
    }
  }

  /// Takes a name as it is, reads a file (`.yaml`, `.yml`, `.json`, `.h5`), told from each other by what is in them, or layers
  /// that are written out.
  ///
  /// A Keras `.h5`, and a checkpoint, hold the model as JSON. A file that does not name its model does so by its own name.
  ///
  /// - Throws: ``ConfigurationError``, ``FileReadError`` or ``HDF5Error`` with the file's name.
  public init(nameOrFile text: String) throws {
    if Self.isWrittenOut(text) {
      self = .description(try Self.parse(text, from: "model"))
      return
    }
    guard Self.isFile(text) else {
      _ = try CourseModels.model(named: text)
      self = .named(text)
      return
    }
    try ForeignModel.refuseFolder(text)
    let bytes = try FileReadError.contents(of: text)
    if ForeignModel.isHDF5(bytes) || text.lowercased().hasSuffix(".h5") {
      self = .description(try TrainedModel(file: text).model)
    } else if let error = ForeignModel.errorUnlessText(bytes, text) {
      throw error
    } else {
      self = .description(try Self.parse(String(decoding: bytes, as: UTF8.self), from: text))
    }
  }

  /// Whether a text is no name but the layers themselves, `[Flatten, {Dense: {units: 2}}]`.
  public static func isWrittenOut(_ text: String) -> Bool { text.hasPrefix("[") || text.hasPrefix("{") }

  /// Whether a model is named by its file: by its suffix, or because there is one and no model of the course of that name.
  public static func isFile(_ text: String) -> Bool {
    if isWrittenOut(text) { return false }
    return [".yaml", ".yml", ".json", ".h5", ".hdf5", ".keras"].contains { text.lowercased().hasSuffix($0) }
      || (access(text, F_OK) == 0 && (try? CourseModels.model(named: text)) == nil)
  }

  /// Reads YAML or JSON.
  private static func parse(_ text: String, from file: String) throws -> ModelDescription {
    let root = try ConfigurationTree(yaml: text, from: file).root
    if case .mapping(let keys) = root, keys["layers"] == nil, keys["class_name"] == nil,
      let key = keys.keys.sorted().first(where: { TrainingConfiguration.settings.contains($0) && $0 != "l2" })
    {
      throw ConfigurationError(
        "expected a model, found the settings of a run, such as '\(key)'", at: file, advice: "--config takes it")
    }
    var model = try describe(root, from: file)
    if let name = Self.name(ofFile: file), !Self.namesItself(root) { model.name = name }
    return model
  }

  private static func namesItself(_ root: ConfigurationValue) -> Bool {
    guard case .mapping(let mapping) = root else { return false }
    return mapping["name"] != nil || mapping["class_name"] != nil
  }

  /// What a model is called whose file does not say: `flowers` for `models/flowers.yaml`; nil if that is no name.
  private static func name(ofFile file: String) -> String? {
    guard isFile(file) else { return nil }
    let (last, name) = (Path.name(of: file), Path.name(of: Path.withoutExtension(file)))
    guard last != name else { return nil }
    let isPlain = name.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789_-.".unicodeScalars.contains($0))
    }
    return isPlain && name.first?.isLetter == true ? name : nil
  }

  /// Reads what Keras writes.
  static func parse(json: String, from file: String) throws -> ModelDescription {
    let value: ConfigurationValue
    do {
      value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8))
    } catch {
      throw ConfigurationError(
        "not JSON", at: file, advice: "the file was changed after it was written; use another one")
    }
    return try describe(value, from: file)
  }

  private static func describe(_ value: ConfigurationValue, from file: String) throws -> ModelDescription {
    do {
      return try value.withoutKerasWrappers.decode(ModelDescription.self)
    } catch var error as ConfigurationError {
      error.stands(in: file)
      throw error
    }
  }
}
