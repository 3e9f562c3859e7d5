import FoundationEssentials
import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

/// What Keras' trajectories do not show: several shards, and frozen layers.
@Suite struct BatchNormalizationTests {
  private func network(frozen: Bool = false) throws -> Network {
    let layer = #"{"BatchNormalization": {"momentum": 0.75, "trainable": \#(!frozen)}}"#
    let json = #"[\#(layer), {"Dense": {"units": 2, "activation": "softmax"}}]"#
    let model = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8)).decode(ModelDescription.self)
    let network = try Network(
      model, input: Shape([3]), loss: CategoricalCrossentropy(), optimizer: SGD(learningRate: 0.1), on: Engine())
    network.table.initialize(network.parameters, seed: 1)
    network.parametersChanged()
    return network
  }

  private func values(_ name: String, of network: Network) -> [Float] {
    network.table.entries.first { $0.specification.name == name }.map {
      Array(network.parameters.floats.extracting($0.range))
    } ?? []
  }

  /// Two micro-batches, of three and of two samples: the running statistics follow the mean over samples of what each has
  /// seen by itself.
  ///
  /// Six digits: a few roundings.
  @Test func runningStatisticsFollowTheShards() throws {
    let network = try network()
    var stream = RandomStream(seed: 3, purpose: .sampling)
    let batches = [3, 2].map { count in (0..<count * 3).map { _ in stream.uniform(-2, 3) } }
    var sum = [Float](repeating: 0, count: network.table.learningSlabCount)
    var expectedMean = [Double](repeating: 0, count: 3)
    var expectedVariance = expectedMean
    for batch in batches {
      let labels = [Int32](repeating: 1, count: batch.count / 3)
      var gradients = sum
      try batch.withUnsafeBufferPointer { images in
        try labels.withUnsafeBufferPointer { labels in
          try network.load(NetworkBatch(images: images, labels: labels))
          _ = try network.forward()
        }
      }
      try gradients.withUnsafeMutableBufferPointer { try network.backward(into: $0) }
      for index in sum.indices { sum[index] += gradients[index] }
      for channel in 0..<3 {
        let column = stride(from: channel, to: batch.count, by: 3).map { Double(batch[$0]) }
        let mean = column.reduce(0, +) / Double(column.count)
        expectedMean[channel] += mean * Double(column.count) / 5
        expectedVariance[channel] += column.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 5
      }
    }
    _ = sum.withUnsafeBufferPointer { network.average(sum: $0, count: 5) }
    network.update(learningRate: 0.1, updates: 0)
    for channel in 0..<3 {
      #expect(abs(Double(values("moving_mean", of: network)[channel]) - 0.25 * expectedMean[channel]) < 1e-6)
      #expect(
        abs(Double(values("moving_variance", of: network)[channel]) - (0.75 + 0.25 * expectedVariance[channel])) < 1e-6)
    }
  }

  /// A frozen layer above one that learns hands the gradient on: `γ / √(variance + ε)` of it.
  @Test func gradientThroughAFrozenLayer() throws {
    let json = #"""
      [{"Dense": {"units": 2}}, {"BatchNormalization": {"trainable": false}}]
      """#
    let model = try JSONDecoder().decode(ConfigurationValue.self, from: Data(json.utf8)).decode(ModelDescription.self)
    let network = try Network(
      model, input: Shape([1]), loss: HalfSquaredError(), optimizer: SGD(), on: Engine())
    let images: [Float] = [1, 2]
    let values: [Float] = [3, 4, 5, 6]
    network.table.initialize(network.parameters, seed: 1)
    network.parameters.floats[0] = 0
    network.parameters.floats[1] = 0
    network.parametersChanged()
    try images.withUnsafeBufferPointer { images in
      try values.withUnsafeBufferPointer { values in
        try network.load(NetworkBatch(count: 2, images: images, values: values))
        _ = try network.forward()
      }
    }
    var sum = [Float](repeating: 0, count: network.table.learningSlabCount)
    try sum.withUnsafeMutableBufferPointer { try network.backward(into: $0) }
    // Outputs are 0, so the gradients of the outputs are -3, -4 and -5, -6; inputs are 1 and 2.
    let factor = 1 / Float(1.001).squareRoot()
    #expect(abs(sum[0] + 13 * factor) < 1e-5 && abs(sum[1] + 16 * factor) < 1e-5, "\(sum)")
  }

  /// Keras' convention: a frozen layer normalises by its running statistics in training too, and keeps everything.
  @Test func frozenLayersKeepTheirStatistics() throws {
    let network = try network(frozen: true)
    #expect(network.table.trainable.map(\.layerName) == ["dense", "dense"])
    let images: [Float] = [1, 2, 3, 4, 5, 6]
    let labels: [Int32] = [0, 1]
    func outputs(_ purpose: Purpose) throws -> [Float] {
      try images.withUnsafeBufferPointer { images in
        try labels.withUnsafeBufferPointer { labels in
          try network.load(NetworkBatch(images: images, labels: labels), for: purpose)
          _ = try network.forward()
          return try Array(network.outputs())
        }
      }
    }
    #expect(try outputs(.training) == outputs(.inference))
    _ = try outputs(.training)
    var sum = [Float](repeating: 0, count: network.table.learningSlabCount)
    try sum.withUnsafeMutableBufferPointer { try network.backward(into: $0) }
    _ = sum.withUnsafeBufferPointer { network.average(sum: $0, count: 2) }
    network.update(learningRate: 0.1, updates: 0)
    #expect(values("moving_mean", of: network) == [0, 0, 0] && values("gamma", of: network) == [1, 1, 1])
  }
}
