import HDF5
import NeuralNetwork
import OneDNN

/// A network with its weights: what a checkpoint and a Keras legacy `.h5` file have in common.
public struct TrainedModel: Sendable {
  /// The layers.
  public let model: ModelDescription
  /// The shape of a sample.
  public let inputShape: Shape
  /// The values of each parameter, in the order of the parameter table.
  let parameters: [[Float]]

  /// Reads a checkpoint, or a model that Keras saved as `.h5`.
  ///
  /// The checksum beside the file is compared if there is one.
  ///
  /// - Throws: ``CheckpointError``, ``FileReadError``, ``ConfigurationError`` or `HDF5Error` with the file's name.
  public init(file path: String) throws {
    let hasChecksum = (try? FileReadError.contents(of: path + CheckpointStore.checksumSuffix)) != nil
    let bytes = try hasChecksum ? CheckpointStore.verifiedBytes(of: path) : FileReadError.contents(of: path)
    try self.init(File(image: bytes, name: path))
  }

  /// Reads `model_config` and `/model_weights`.
  init(_ file: borrowing File) throws {
    guard try file.hasAttribute("model_config", of: "/") else {
      throw CheckpointError(
        "it has no model_config", file: file.name, advice: "expected a checkpoint, or a model that Keras saved as .h5")
    }
    let json = try file.attribute("model_config", of: "/", as: String.self)
    model = try ModelSource.parse(json: json, from: "\(file.name), model_config")
    guard let shape = model.inputShape else {
      throw CheckpointError(
        "its model_config does not say the shape of the input", file: file.name,
        advice: "save the model after it was built")
    }
    inputShape = shape
    parameters = try Self.weights(of: file, model.parameterTable(for: shape))
  }

  /// Reads the weights layer by layer, in the order of the file, which is that of the model.
  private static func weights(of file: borrowing File, _ table: ParameterTable) throws -> [[Float]] {
    let root = "model_weights"
    var paths: [String] = []
    for layer in try file.attribute("layer_names", of: root, as: [String].self) {
      for weight in try weightNames(of: file, "\(root)/\(layer)") { paths.append("\(root)/\(layer)/\(weight)") }
    }
    guard paths.count == table.entries.count else {
      throw CheckpointError(
        "it has \(paths.count) weights, the model has \(table.entries.count)", file: file.name,
        advice: "the file was changed after it was written; use another one")
    }
    var weights: [[Float]] = []
    for (path, entry) in zip(paths, table.entries) {
      let dataset = try file.dataset(at: path)
      try Self.check(dataset.shape, entry, path, file.name)
      weights.append(try dataset.values(as: Float.self))
    }
    return weights
  }

  static func check(_ shape: [Int], _ entry: ParameterTable.Entry, _ path: String, _ file: String) throws {
    guard shape == entry.specification.shape else {
      throw CheckpointError(
        "\(path) has shape \(shape), expected \(entry.specification.shape)", file: file,
        advice: "the file was changed after it was written; use another one")
    }
  }

  // Keras writes an empty list of names as an array of no numbers.
  private static func weightNames(of file: borrowing File, _ group: String) throws -> [String] {
    (try? file.attribute("weight_names", of: group, as: [String].self)) ?? []
  }

  /// A network with these weights, for outputs and evaluation.
  ///
  /// - Throws: ``ConfigurationError`` if the loss does not fit.
  public func network(loss: any Loss, on engine: Engine) throws -> Network {
    let network = try Network(model, input: inputShape, loss: loss, on: engine)
    for (entry, values) in zip(network.table.entries, parameters) {
      _ = network.parameters.floats.extracting(entry.range).update(fromContentsOf: values)
    }
    network.parametersChanged()
    return network
  }
}
