import HDF5
import MPI
import NeuralNetwork
import Numerics

/// Weights to start from, read out of a file of Keras or of ours, layer by layer.
///
/// Three forms: a model or weights that Keras saved as `.h5`, or a checkpoint of ours, whose layers come in the file's order;
/// and `.weights.h5`, where layers are named after their class and number.
public struct InitialWeights {
  /// What is to be said if not every layer of model and file was used; on rank 0 only.
  public let remark: String?

  /// A layer's weights as the file has them.
  private struct Layer {
    let name: String
    let paths: [String]
  }

  /// Fills `network` from the file at `path`: its first layers from the first layers of the file, as far as both go and their
  /// shapes agree.
  ///
  /// So the layers below a new top can come from a network with another top, or with none. A top of the same shapes is taken
  /// over too.
  ///
  /// Collective: every rank of `world` must call this; only rank 0 reads the file.
  ///
  /// - Throws: ``InitialWeightsError`` if not even the first layer fits, with both shapes; what reading throws.
  @discardableResult
  public init(_ path: String, into network: Network, on world: Communicator) throws {
    remark = world.rank == 0 ? try Self.read(path, into: network).remark : nil
    try world.broadcast(UnsafeMutableRawBufferPointer(network.parameters.floats), from: 0)
    network.parametersChanged()
  }

  /// Makes sure, before there is a network, that the file at `path` can be read and has weights.
  ///
  /// - Throws: ``InitialWeightsError`` if it has none; what reading throws.
  public static func check(_ path: String) throws {
    let file = try File(image: TrainedModel.verifiedBytes(of: path), name: path)
    guard try !stored(in: file).isEmpty || file.exists("layers") else { throw noWeights(in: path) }
  }

  private static func noWeights(in path: String) -> InitialWeightsError {
    InitialWeightsError(
      file: path, problem: "there are no weights in it",
      advice: "expected what Keras' save or save_weights has written, or a checkpoint")
  }

  /// Fills the parameters of `network`, whose copies are then to be refreshed, as far as model and file go.
  @discardableResult
  static func read(_ path: String, into network: Network) throws -> Outcome {
    let file = try File(image: TrainedModel.verifiedBytes(of: path), name: path)
    let graph = try KerasGraph(network.model, input: network.inputShape)
    let nodes = graph.nodes.filter { !$0.weights.isEmpty }
    let layers = try layers(of: file, for: graph)
    guard !layers.isEmpty else { throw noWeights(in: path) }
    var outcome = Outcome(layers: nodes.count, found: max(layers.count, try numberedCount(of: file)))
    for (node, layer) in zip(nodes, layers) {
      if let misfit = try fill(network, node, from: layer, of: file) {
        guard outcome.filled > 0 else {
          throw InitialWeightsError(
            file: path, problem: misfit, advice: "use weights of a model whose first layers are the same")
        }
        outcome.misfit = misfit
        break
      }
      outcome.filled += 1
    }
    return outcome
  }

  /// How far model and file went together.
  struct Outcome: Equatable {
    /// The layers with weights that were filled.
    var filled = 0
    /// Those that the model has.
    var layers: Int
    /// Those that the file has.
    var found: Int
    /// Why the next one was not filled, if both have one.
    var misfit: String?

    /// Nil if all were used.
    var remark: String? {
      guard filled < max(layers, found) else { return nil }
      return (misfit.map { "\($0): " } ?? "it has \(Text.count(found, "layer")) with weights, the model \(layers): ")
        + "the first \(filled) start from the file"
    }
  }

  /// Fills one layer; returns what does not fit, if anything.
  private static func fill(
    _ network: Network, _ node: KerasGraph.Node, from layer: Layer, of file: borrowing File
  ) throws -> String? {
    let entries = node.weights.compactMap { weight in
      network.table.index(of: weight).map { network.table.entries[$0] }
    }
    let found = try layer.paths.map { try file.dataset(at: $0).shape }
    guard found == entries.map(\.specification.shape) else {
      return "layer \(layer.name) has weights of shapes \(found), expected "
        + "\(entries.map(\.specification.shape)) for \(node.name) (\(node.className))"
    }
    for (entry, path) in zip(entries, layer.paths) {
      _ = network.parameters.floats.extracting(entry.range)
        .update(fromContentsOf: try KerasWeights.numbers(in: file.dataset(at: path)))
    }
    return nil
  }

  /// The layers of the file that have weights, in the order of the model.
  private static func layers(of file: borrowing File, for graph: KerasGraph) throws -> [Layer] {
    let stored = try stored(in: file)
    return try stored.isEmpty && file.exists("layers") ? numberedLayers(of: file, for: graph) : stored
  }

  /// Those that have the names of their weights beside them, in the file's order.
  private static func stored(in file: borrowing File) throws -> [Layer] {
    for root in [TrainedModel.weightsGroup, ""] {
      let stored = try KerasWeights(of: file, in: root).layers.filter { !$0.areStatistics }
      if !stored.isEmpty { return stored.map { Layer(name: $0.name, paths: $0.paths) } }
    }
    return []
  }

  /// How many layers with weights `save_weights` has written, whether the model has such layers or not.
  private static func numberedCount(of file: borrowing File) throws -> Int {
    guard try file.exists("layers") else { return 0 }
    return try file.children(of: "layers").filter { name in
      let group = "layers/\(name)/vars"
      // What Normalization.adapt has found is no weight here.
      return try !name.hasPrefix("normalization") && file.exists(group) && !file.children(of: group).isEmpty
    }.count
  }

  /// What `save_weights` writes: `/layers/conv2d_1/vars/0`, numbered by class in the order of the model.
  private static func numberedLayers(of file: borrowing File, for graph: KerasGraph) throws -> [Layer] {
    var counts: [String: Int] = [:]
    return try graph.nodes.compactMap { node in
      let base = LayerName.snakeCase(of: node.className)
      let count = counts[base, default: 0]
      counts[base] = count + 1
      let name = count == 0 ? base : "\(base)_\(count)"
      let group = "layers/\(name)/vars"
      guard !node.weights.isEmpty, try file.exists("layers/\(name)"), try file.exists(group) else { return nil }
      let paths = try file.children(of: group).sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }.map { "\(group)/\($0)" }
      return paths.isEmpty ? nil : Layer(name: name, paths: paths)
    }
  }
}

/// Weights that do not fit the model.
public struct InitialWeightsError: Error, Sendable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// What is wrong with it.
  public let problem: String
  /// What to do about it.
  public let advice: String

  /// The message, `file: problem; advice`.
  public var description: String { "\(file): \(problem); \(advice)" }
}
