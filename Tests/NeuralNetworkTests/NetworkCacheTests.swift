import OneDNN
import Testing

@testable import NeuralNetwork

@Suite struct NetworkCacheTests {
  private static let input = Shape([4, 4, 1])

  private func model(filters: Int = 3, l2: Double = 0) -> ModelDescription {
    ModelDescription(
      name: "test", l2: l2,
      layers: [
        Conv2D(filters: filters, kernelSize: (3, 3), activation: .relu), Flatten(), Dropout(rate: 0.5),
        Dense(units: 2, activation: .softmax),
      ])
  }

  private func network(
    _ cache: NetworkCache, _ model: ModelDescription, _ optimizer: any Optimizer = SGD(learningRate: 0.1),
    seed: UInt64 = 0
  ) throws -> Network {
    try cache.network(
      model, input: Self.input, loss: CategoricalCrossentropy(), optimizer: optimizer, targets: .classes(count: 2),
      seed: seed,
      convolution: .automatic)
  }

  /// Two steps, and the parameters after them.
  private func train(_ network: Network, seed: UInt64) throws -> [Float] {
    network.table.initialize(network.parameters, seed: seed)
    network.parametersChanged()
    let images = (0..<3 * 16).map { Float($0 % 7) / 7 }
    let sums = Slab(count: network.table.learningSlabCount)
    for update in 0..<2 {
      try images.withUnsafeBufferPointer { images in
        try [Int32(0), 1, 1].withUnsafeBufferPointer { labels in
          try network.load(
            NetworkBatch(count: 3, images: images, labels: labels), update: update)
          _ = try network.forward()
          try network.backward(into: sums.floats)
        }
      }
      _ = network.average(sum: UnsafeBufferPointer(sums.floats), count: 3)
      network.update(learningRate: 0.1, updates: update)
    }
    return Array(network.parameters.floats)
  }

  /// A network that was used before, with another penalty, optimizer and seed, is as good as a new one.
  @Test func restartedIsAsGoodAsNew() throws {
    let cache = try NetworkCache()
    let first = try network(cache, model(l2: 0.1), Adam(), seed: 1)
    _ = try train(first, seed: 1)
    let again = try network(cache, model(l2: 0.5), SGD(learningRate: 0.1, momentum: 0.9), seed: 2)
    #expect(again === first && again.slots.map(\.name) == SGD(learningRate: 0.1, momentum: 0.9).slots.map(\.name))
    let new = try network(NetworkCache(), model(l2: 0.5), SGD(learningRate: 0.1, momentum: 0.9), seed: 2)
    #expect(try train(again, seed: 2) == train(new, seed: 2))
    #expect(try train(again, seed: 2) != train(network(NetworkCache(), model(l2: 0.5), seed: 2), seed: 2))
  }

  @Test func otherLayersAreOtherNetworks() throws {
    let cache = try NetworkCache(capacity: 2)
    let three = try network(cache, model())
    let four = try network(cache, model(filters: 4))
    #expect(three !== four)
    #expect(try network(cache, model(l2: 1)) === three)
    // The one that was not used for longest gives way.
    _ = try network(cache, model(filters: 5))
    #expect(try network(cache, model()) === three)
    #expect(try network(cache, model(filters: 4)) !== four)
  }
}
