import Datasets
import FoundationEssentials
import NeuralNetwork
import Numerics

/// `parameters.jsonl`: all that a small network computes with after every epoch, so that people can follow the numbers.
///
/// The first line says what the numbers are: the layers, their parameters, the samples. Every other has the parameters
/// after an epoch, or before the first; the mean gradients of that epoch's last step, as the optimizer used them; and what
/// each layer puts out for the samples. Rank 0 only has one, and what it writes is the same for any number of ranks.
final class ParameterLog {
  /// The most parameters that are recorded.
  static let maximumCount = 60

  private let network: Network
  private let stepsPerEpoch: Int
  private let layers: LayerOutputs
  /// The file, for who makes sure that it is on the disk; nil until it is started.
  private(set) var file: JSONLinesFile?

  /// Prepares the recording of `network`.
  ///
  /// - Throws: ``ConfigurationError`` if the network has too many parameters to be looked at one by one.
  init(of network: Network, _ configuration: TrainingConfiguration, store: ImageStore, stepsPerEpoch: Int) throws {
    let count = network.table.parameterCount
    guard count <= Self.maximumCount else {
      throw ConfigurationError(
        "the network has \(Text.grouped(count)) parameters, recorded are those of networks with at most "
          + "\(Self.maximumCount)", at: "record_parameters",
        advice: "leave it out, or use fewer filters or units; checkpoints hold the parameters of any network")
    }
    self.network = network
    self.stepsPerEpoch = stepsPerEpoch
    layers = try LayerOutputs(
      of: network, loss: configuration.loss.value, convolution: configuration.convolution, store: store)
  }

  /// Opens the file; what a killed run wrote after `progress` is removed.
  func start(_ path: String, from progress: TrainingProgress) throws {
    let file = try JSONLinesFile(path) { Self.isBefore(progress, line: $0) }
    self.file = file
    guard file.wasEmpty else { return }
    try file.append(head(updates: progress.updates))
    if progress.step == 0 { try append(epoch: progress.epoch, updates: progress.updates, hasGradients: false) }
  }

  /// Removes from a file that is not written any more what lies after `progress`.
  static func remove(from path: String, after progress: TrainingProgress) throws {
    try JSONLinesFile.remove(from: path) { isBefore(progress, line: $0) }
  }

  /// Records the epoch if this was its last step.
  ///
  /// A checkpoint between this step and the end of the epoch has no gradients: so the line is written before it.
  func record(_ step: StepMetrics) throws {
    guard step.step % stepsPerEpoch == 0 else { return }
    try append(epoch: step.epoch, updates: step.step, hasGradients: true)
  }

  private func append(epoch: Int, updates: Int, hasGradients: Bool) throws {
    func json(_ slab: Slab, _ entries: [ParameterTable.Entry]) -> String {
      "[" + entries.map { JSONLinesFile.json(slab.floats.extracting($0.range)) }.joined(separator: ",") + "]"
    }
    var line = "{\"step\":\(updates),\"epoch\":\(epoch)"
    line += ",\"parameters\":\(json(network.parameters, network.table.entries))"
    if hasGradients { line += ",\"gradients\":\(json(network.gradients, network.table.trainable))" }
    if !layers.samples.isEmpty {
      let (loss, outputs) = try layers.computed()
      let lists = outputs.map { "[" + $0.map { JSONLinesFile.json($0) }.joined(separator: ",") + "]" }
      line += ",\"loss\":\(JSONLinesFile.json(loss)),\"outputs\":[\(lists.joined(separator: ","))]"
    }
    try file?.append(line + "}")
  }

  /// What the numbers of the other lines are.
  private struct Head: Encodable {
    struct Parameter: Encodable {
      let name: String
      let shape: [Int]
      let learns: Bool
    }
    struct Layer: Encodable {
      let name: String
      let settings: Choice<LayerRegistry>
      let output: [Int]
      let parameters: [Parameter]
    }
    let input: [Int]
    let layers: [Layer]
    let samples: [LayerOutputs.Sample]
  }

  private func head(updates: Int) throws -> String {
    let table = network.table
    let shapes = try network.model.shapes(for: network.inputShape)
    let head = Head(
      input: network.inputShape.dimensions,
      layers: network.model.layers.enumerated().map { index, layer in
        Head.Layer(
          name: layer.name ?? "", settings: Choice(layer), output: shapes[index].dimensions,
          parameters: table.entries.filter { $0.layer == index }.map {
            Head.Parameter(
              name: $0.specification.name, shape: $0.specification.shape, learns: $0.specification.role == .trainable)
          })
      }, samples: layers.samples)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return "{\"step\":\(updates),\"network\":\(String(decoding: try encoder.encode(head), as: UTF8.self))}"
  }

  /// Whether training has passed the line at `progress`: every line begins with its number of updates.
  private static func isBefore(_ progress: TrainingProgress, line: Substring) -> Bool {
    let key = "{\"step\":"
    guard line.hasPrefix(key) else { return false }
    return Int(line.dropFirst(key.count).prefix { $0.isNumber }).map { $0 <= progress.updates } ?? false
  }
}
