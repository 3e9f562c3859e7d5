import NeuralNetwork
import Numerics

/// A recorded network as `Network.js` draws it: node by node, at whatever epoch the reader chooses.
struct NetworkDrawing: Encodable, Sendable {
  struct Layer: Encodable, Sendable {
    let name: String
    let kind: String
    /// A line below its name: the kind, and the activation.
    let detail: String
    let output: [Int]
    let parameters: [RecordedNetwork.Head.Parameter]
    /// Of a convolution, height and width each.
    var kernelSize: [Int]?
    var strides: [Int]?
    var dilation: [Int]?
    var padding: String?
  }
  struct Sample: Encodable, Sendable {
    let image: [Float]
    let target: String
  }
  struct Epoch: Encodable, Sendable {
    let epoch: Int
    let loss: Double?
    let parameters: [[Rounded]]
    let gradients: [[Rounded]]?
    let outputs: [[[Rounded]]]?
  }

  let input: [Int]
  let layers: [Layer]
  let samples: [Sample]
  let epochs: [Epoch]

  /// The most nodes that are drawn: more would not be seen.
  static let maximumNodeCount = 4_000

  /// Why a network is not drawn; nil if it can be.
  static func obstacle(_ head: RecordedNetwork.Head) -> String? {
    if let layer = head.layers.first(where: { ["Residual", "Branches"].contains(kind(of: $0)) }) {
      return "its layer \(layer.name) has branches, and only a plain chain of layers is drawn"
    }
    let nodes = ([head.input] + head.layers.map(\.output)).map { RecordedNetwork.Head.count(of: $0) }
    let isSmall = nodes.allSatisfy { (1...maximumNodeCount).contains($0) } && nodes.reduce(0, +) <= maximumNodeCount
    return isSmall ? nil : "it has more than \(maximumNodeCount) nodes"
  }

  /// Takes over what was recorded; class names are for the targets.
  init(_ network: RecordedNetwork, classNames: [String]) {
    input = network.head.input
    layers = network.head.layers.map(Self.layer)
    samples = network.head.samples.map { sample in
      let numbers = sample.values.map { $0.map { NumberLabel.text(Double($0), digits: 4) }.joined(separator: ", ") }
      let label = sample.label.map { classNames.indices.contains($0) ? classNames[$0] : "\($0)" }
      return Sample(image: sample.image, target: Text.visible(numbers ?? label ?? ""))
    }
    epochs = network.epochs.map { epoch in
      func rounded(_ lists: [[Float?]]) -> [[Rounded]] { lists.map { $0.map { Rounded($0) } } }
      return Epoch(
        epoch: epoch.epoch, loss: epoch.loss, parameters: rounded(epoch.parameters),
        gradients: epoch.gradients.map(rounded), outputs: epoch.outputs.map { $0.map(rounded) })
    }
  }

  static func kind(of layer: RecordedNetwork.Head.Layer) -> String {
    guard case .mapping(let form) = layer.settings, case .string(let kind) = form["class_name"] else { return "" }
    return kind
  }

  private static func layer(_ layer: RecordedNetwork.Head.Layer) -> Layer {
    let kind = kind(of: layer)
    var settings: [String: ConfigurationValue] = [:]
    if case .mapping(let form) = layer.settings, case .mapping(let config) = form["config"] { settings = config }
    func text(_ key: String) -> String? { if case .string(let text) = settings[key] { text } else { nil } }
    func sides(_ key: String) -> [Int]? {
      guard case .array(let values) = settings[key] else { return nil }
      let sides = values.compactMap { if case .int(let side) = $0 { side } else { nil } }
      // A signal has no width.
      return sides.count == 1 ? sides + [1] : sides.count == 2 ? sides : nil
    }
    var result = Layer(
      name: Text.visible(layer.name), kind: kind,
      detail: Text.visible(([kind] + [text("activation")].compactMap { $0 }).joined(separator: ", ")),
      output: layer.output, parameters: layer.parameters)
    // Kernels that every filter of the layer shares are drawn as one; a depthwise one has its own for each channel.
    let kernel = layer.parameters.first { $0.name == "kernel" }?.shape ?? []
    if ["Conv1D": 3, "Conv2D": 4][kind] == kernel.count, let strides = sides("strides") {
      // The two last sides are those of the channels.
      result.kernelSize = kernel.count == 3 ? [kernel[0], 1] : Array(kernel[..<2])
      result.strides = strides
      result.dilation = sides("dilation_rate") ?? [1, 1]
      result.padding = text("padding")
    }
    return result
  }
}

/// A number with as many digits as people look at: a page is sent around.
struct Rounded: Encodable, Sendable {
  let value: Double?

  /// Rounds to so many significant digits; what is no number is nil.
  init(_ value: Float?, digits: Int = 6) {
    guard let value, value.isFinite else {
      self.value = nil
      return
    }
    self.value = Double(value).rounded(toSignificantDigits: digits)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}
