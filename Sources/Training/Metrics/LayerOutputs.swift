import Datasets
import NeuralNetwork
import OneDNN

/// What every layer of a small network puts out for the first training samples.
///
/// Each is the output of a network of its own that ends with the layer: plans may share memory between layers.
final class LayerOutputs {
  /// A sample, and what it should yield.
  struct Sample: Encodable, Sendable {
    /// The pixels, `[H, W, C]`.
    let image: [Float]
    /// The number of its class; nil if the targets are numbers.
    let label: Int32?
    /// The numbers; nil if the targets are classes.
    let values: [Float]?
  }

  /// The samples: none if the layers put out too much even for one.
  let samples: [Sample]
  private let network: Network
  private let shortened: [Network]

  /// The most samples.
  private static let maximumSampleCount = 10
  /// The most that all layers put out for all samples.
  static let maximumCount = 2_000

  /// Reads the samples, and prepares the layers of `network`.
  ///
  /// - Throws: what reading the store does.
  init(
    of network: Network, loss: any Loss, convolution: ConvolutionKernels, store: ImageStore
  ) throws {
    self.network = network
    let split = try store.split(.train)
    let width = try network.model.outputElementCount(for: network.inputShape)
    let count = min(split.count, Self.maximumSampleCount, Self.maximumCount / max(width, 1))
    samples = try Self.samples(StoredSamples(of: store, split: .train, range: 0..<count))
    let layers = network.model.layers
    let engine = try Engine()
    shortened =
      try samples.isEmpty
      ? []
      : layers.indices.map { last in
        try Network(
          ModelDescription(name: network.model.name, layers: Array(layers[...last])), input: network.inputShape,
          loss: last == layers.count - 1 ? loss : nil, convolution: convolution, on: engine)
      }
  }

  /// The mean loss of the samples without penalties, and the outputs, `[layer][sample][values]`, with the network's present
  /// parameters.
  func computed() throws -> (loss: Double, outputs: [[[Float]]]) {
    let images = samples.flatMap(\.image)
    let labels = samples.compactMap(\.label)
    let values = samples.flatMap { $0.values ?? [] }
    var loss = 0.0
    let outputs = try shortened.map { layer in
      // The parameters of the first layers are the first entries of the whole network's table.
      for (mine, theirs) in zip(layer.table.entries, network.table.entries) {
        _ = layer.parameters.floats.extracting(mine.range)
          .update(fromContentsOf: network.parameters.floats.extracting(theirs.range))
      }
      layer.parametersChanged()
      let outputs = try images.withUnsafeBufferPointer { images in
        try labels.withUnsafeBufferPointer { labels in
          try values.withUnsafeBufferPointer { values in
            try layer.load(
              NetworkBatch(count: samples.count, images: images, labels: labels, values: values), for: .inference)
            loss = try layer.forward().loss / Double(samples.count)
            return Array(try layer.outputs())
          }
        }
      }
      let width = outputs.count / samples.count
      return samples.indices.map { Array(outputs[$0 * width..<($0 + 1) * width]) }
    }
    return (loss, outputs)
  }

  private static func samples(_ stored: StoredSamples) -> [Sample] {
    stored.range.map { index in
      var image = [Float](repeating: 0, count: stored.elementsPerImage)
      var pixels = image.mutableSpan
      stored.copyImage(index, into: &pixels)
      guard stored.valuesPerSample > 0 else {
        return Sample(image: image, label: stored.classLabel(index), values: nil)
      }
      var values = [Float](repeating: 0, count: stored.valuesPerSample)
      var span = values.mutableSpan
      stored.copyValues(index, into: &span)
      return Sample(image: image, label: nil, values: values)
    }
  }
}
