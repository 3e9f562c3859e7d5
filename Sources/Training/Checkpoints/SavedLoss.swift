import FoundationEssentials
import HDF5
import NeuralNetwork

/// What a file says of how its model was trained, as text: parsed by who asks for it.
struct SavedTexts: Sendable {
  /// The file's name, for messages.
  let file: String
  /// A checkpoint's settings; nil for files of Keras.
  let configuration: String?
  /// Keras' `training_config`; nil if there is none.
  let trainingConfiguration: String?

  init(_ file: borrowing File) throws {
    self.file = file.name
    let isOurs = try file.exists("training") && file.hasAttribute("configuration", of: "training")
    configuration = isOurs ? try file.attribute("configuration", of: "training", as: String.self) : nil
    let isKeras = try !isOurs && file.hasAttribute("training_config", of: "/")
    trainingConfiguration = isKeras ? try file.attribute("training_config", of: "/", as: String.self) : nil
  }
}

/// Which loss a model was trained with, as far as its file says.
enum SavedLoss {
  /// The loss of a checkpoint's settings, or else of Keras' `training_config`; nil if the file has neither.
  ///
  /// - Throws: ``ConfigurationError`` if the loss is not known here, or has settings that are not.
  static func read(from texts: SavedTexts) throws -> (any Loss)? {
    if let text = texts.configuration {
      let place = "\(texts.file), configuration"
      guard let loss = try ConfigurationTree(yaml: text, from: place).value(at: "loss") else { return nil }
      return try decode(loss, from: place)
    }
    guard let json = texts.trainingConfiguration else { return nil }
    let place = "\(texts.file), training_config"
    guard case .mapping(let training) = try? JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8)) else {
      throw ConfigurationError(
        "not JSON", at: place, advice: "the file was changed after it was written; use another one")
    }
    guard let loss = training["loss"], loss != .null else { return nil }
    let found = try decode(supported(KerasLoss.form(of: loss.withoutKerasWrappers), from: place), from: place)
    guard KerasLoss.areOne(training["loss_weights"] ?? .null) else {
      throw ConfigurationError(
        "the loss is multiplied by loss_weights, which is not supported here", at: place,
        advice: "evaluate it as it is, another number, with --loss \(type(of: found).kind)")
    }
    return found
  }

  /// The loss that a last activation is made for.
  static func suiting(_ activation: Activation) -> any Loss {
    switch activation {
    case .softmax: CategoricalCrossentropy()
    case .sigmoid: BinaryCrossentropy()
    default: MeanSquaredError()
    }
  }

  private static func decode(_ value: ConfigurationValue, from place: String) throws -> any Loss {
    do {
      return try value.decode(Choice<LossRegistry>.self).value
    } catch var error as ConfigurationError {
      error.stands(in: place)
      error.advice = "name the loss to evaluate with: --loss NAME; known: \(LossRegistry.names)"
      throw error
    }
  }

  /// Checks that no setting says that another number is made small than here.
  private static func supported(_ loss: ConfigurationValue, from place: String) throws -> ConfigurationValue {
    guard case .mapping(let form) = loss, case .string(let name) = form["class_name"],
      let type = LossRegistry.type(named: name), case .mapping(let config) = form["config"],
      let (key, value) = config.sorted(by: { $0.key < $1.key }).first(where: { $0.key != "from_logits" })
    else { return loss }
    throw ConfigurationError(
      "the loss has \(key) \(value), which is not supported here", at: place,
      advice: "evaluate the same loss without it, another number, with --loss \(type.kind)")
  }
}
