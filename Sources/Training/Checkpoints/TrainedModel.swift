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
  private let saved: Result<SavedTexts, any Error>

  /// Reads a checkpoint, or a model that Keras saved as `.h5`.
  ///
  /// The checksum beside the file is compared if there is one.
  ///
  /// - Throws: ``CheckpointError``, ``FileReadError``, ``ConfigurationError`` or `HDF5Error` with the file's name.
  public init(file path: String) throws {
    try self.init(File(image: Self.verifiedBytes(of: path), name: path))
  }

  /// The bytes of a file, after comparing the checksum beside it if there is one.
  static func verifiedBytes(of path: String) throws -> [UInt8] {
    let hasChecksum = (try? FileReadError.contents(of: path + CheckpointStore.checksumSuffix)) != nil
    return try hasChecksum ? CheckpointStore.verifiedBytes(of: path) : FileReadError.contents(of: path)
  }

  /// Where Keras keeps the weights.
  static let weightsGroup = "model_weights"
  /// Where a checkpoint keeps the model in our own form, with what Keras has no word for.
  static let modelAttribute = "model"

  /// Reads the model and `/model_weights`.
  init(_ file: borrowing File) throws {
    let isOurs = try file.exists("training") && file.hasAttribute(Self.modelAttribute, of: "training")
    if isOurs {
      model = try ModelSource.parse(
        json: file.attribute(Self.modelAttribute, of: "training", as: String.self), from: "\(file.name), training/model"
      )
    } else {
      model = try Self.keras(file)
    }
    guard let shape = model.inputShape else {
      throw CheckpointError(
        "it does not say the shape of the input", file: file.name,
        advice: "save the model after it was built")
    }
    inputShape = shape
    parameters =
      try isOurs
      ? Self.weights(of: file, model, input: shape) : Self.weights(of: file, model.parameterTable(for: shape))
    do { saved = .success(try SavedTexts(file)) } catch { saved = .failure(error) }
  }

  private static func keras(_ file: borrowing File) throws -> ModelDescription {
    guard try file.hasAttribute("model_config", of: "/") else {
      throw CheckpointError(
        "it has no model_config", file: file.name, advice: "expected a checkpoint, or a model that Keras saved as .h5")
    }
    let json = try file.attribute("model_config", of: "/", as: String.self)
    return try ModelSource.parse(json: json, from: "\(file.name), model_config")
  }

  /// The name of a weight within its layer's group, as Keras writes it.
  static func name(of weight: KerasGraph.Weight, in node: KerasGraph.Node, _ model: ModelDescription) -> String {
    "\(model.name)/\(node.name)/\(weight.name)"
  }

  /// Where a weight is.
  static func path(of weight: KerasGraph.Weight, in node: KerasGraph.Node, _ model: ModelDescription) -> String {
    "\(weightsGroup)/\(node.name)/\(name(of: weight, in: node, model))"
  }

  /// Reads the weights from where a checkpoint has them.
  private static func weights(of file: borrowing File, _ model: ModelDescription, input: Shape) throws -> [[Float]] {
    let table = try model.parameterTable(for: input)
    var weights: [[Float]] = Array(repeating: [], count: table.entries.count)
    for node in try KerasGraph(model, input: input).nodes {
      for weight in node.weights {
        guard let index = table.index(of: weight) else { continue }
        let path = path(of: weight, in: node, model)
        let dataset = try file.dataset(at: path)
        try check(dataset.shape, table.entries[index], path, file.name)
        weights[index] = try dataset.values(as: Float.self)
      }
    }
    return weights
  }

  /// Reads the weights layer by layer, in the order of the file, which is that of the model.
  private static func weights(of file: borrowing File, _ table: ParameterTable) throws -> [[Float]] {
    let root = weightsGroup
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
  static func weightNames(of file: borrowing File, _ group: String) throws -> [String] {
    (try? file.attribute("weight_names", of: group, as: [String].self)) ?? []
  }

  /// The loss that it was trained with, or if its file has none, the one that its last activation is made for.
  ///
  /// - Throws: ``ConfigurationError`` if the file names one that is not known here.
  public func loss() throws -> any Loss {
    try SavedLoss.read(from: saved.get()) ?? SavedLoss.suiting(model.outputActivation)
  }

  /// How the run that it comes from computes.
  ///
  /// - Throws: ``ConfigurationError`` if the file names something that is not known here.
  public func settings() throws -> SavedSettings { try SavedSettings.read(from: saved.get()) }

  /// A network with these weights, for outputs and evaluation.
  ///
  /// - Throws: ``ConfigurationError`` if the loss does not fit.
  public func network(
    loss: any Loss, convolution: ConvolutionKernels = .automatic, on engine: Engine
  ) throws -> Network {
    let network = try Network(model, input: inputShape, loss: loss, convolution: convolution, on: engine)
    for (entry, values) in zip(network.table.entries, parameters) {
      _ = network.parameters.floats.extracting(entry.range).update(fromContentsOf: values)
    }
    network.parametersChanged()
    return network
  }
}
