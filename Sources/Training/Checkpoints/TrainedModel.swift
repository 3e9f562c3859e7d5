import HDF5
import NeuralNetwork
import Numerics
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

  /// The bytes of an HDF5 file, after comparing the checksum beside it if there is one.
  ///
  /// - Throws: ``ConfigurationError`` that says what the file is, if it is another sort of file.
  static func verifiedBytes(of path: String) throws -> [UInt8] {
    try ForeignModel.refuseFolder(path)
    let hasChecksum = (try? FileReadError.contents(of: path + CheckpointStore.checksumSuffix)) != nil
    let bytes = try hasChecksum ? CheckpointStore.verifiedBytes(of: path) : FileReadError.contents(of: path)
    guard ForeignModel.isHDF5(bytes) else { throw ForeignModel.error(about: bytes, path) }
    return bytes
  }

  /// Where Keras keeps the weights.
  static let weightsGroup = "model_weights"
  /// Where a checkpoint keeps the model in our own form, with what Keras has no word for.
  static let modelAttribute = "model"

  /// Reads the model and `/model_weights`.
  init(_ file: borrowing File) throws {
    var stored: KerasWeights?
    let isOurs = try file.exists("training") && file.hasAttribute(Self.modelAttribute, of: "training")
    if isOurs {
      model = try ModelSource.parse(
        json: file.attribute(Self.modelAttribute, of: "training", as: String.self), from: "\(file.name), training/model"
      )
    } else {
      let described = try Self.keras(file)
      stored = try KerasWeights(of: file, in: Self.weightsGroup)
      model = try described.normalizing { [stored] name in
        guard let layer = stored?.layer(named: name), layer.areStatistics else { return nil }
        let numbers = try layer.paths.prefix(2).map { try file.dataset(at: $0).values(as: Double.self) }
        return (numbers[0], numbers[1])
      }
    }
    guard let shape = model.inputShape else {
      throw CheckpointError(
        "it does not say the shape of the input", file: file.name,
        advice: "save the model after it was built")
    }
    inputShape = shape
    parameters =
      if let stored {
        try Self.weights(of: file, stored, model, model.parameterTable(for: shape))
      } else {
        try Self.weights(of: file, model, input: shape)
      }
    do { saved = .success(try SavedTexts(file)) } catch { saved = .failure(error) }
  }

  private static func keras(_ file: borrowing File) throws -> ModelDescription {
    guard try file.hasAttribute("model_config", of: "/") else {
      guard try file.hasAttribute("layer_names", of: "/") || file.exists("layers") else {
        throw CheckpointError(
          "it has no model_config", file: file.name, advice: "expected a checkpoint, or a model that Keras saved as .h5"
        )
      }
      throw CheckpointError(
        "it holds the weights of a model, not its layers", file: file.name,
        advice: "save the whole model, model.save(\"FILE.h5\"); or train layers of your own from these weights: "
          + "--initial-weights")
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

  /// Reads the weights of Keras layer by layer.
  private static func weights(
    of file: borrowing File, _ stored: KerasWeights, _ model: ModelDescription, _ table: ParameterTable
  ) throws -> [[Float]] {
    var weights: [[Float]] = []
    for (index, layer) in model.layers.enumerated() {
      let name = layer.name ?? ""
      let entries = table.entries.filter { $0.layer == index }
      let found = stored.layer(named: name)
      guard entries.count == found?.paths.count ?? 0 || found?.areStatistics == true && entries.isEmpty else {
        throw CheckpointError(
          "\(model.place(ofLayer: index)) has \(found?.paths.count ?? 0) weights in the file, expected \(entries.count)",
          file: file.name, advice: "save the whole model again in Keras: model.save(\"FILE.h5\")")
      }
      for (path, entry) in zip(found?.paths ?? [], entries) {
        let dataset = try file.dataset(at: path)
        try Self.check(dataset.shape, entry, path, file.name)
        weights.append(try KerasWeights.numbers(in: dataset))
      }
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
