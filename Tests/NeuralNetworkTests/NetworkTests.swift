import Foundation
import Numerics
import OneDNN
import Testing

@testable import NeuralNetwork

@Suite struct NetworkTests {
  /// Sums that threads share out would depend on their number.
  @Test func anEngineComputesOnOneThread() throws {
    _ = try Engine()
    #expect(Engine.threadCount == 1)
  }

  /// The loss against its formula in double precision, and the hits; float32 logits leave 1e-6 of the sum.
  @Test func crossentropyIsItsFormula() throws {
    let model = ModelDescription(name: "model", layers: [Dense(units: 4, activation: .softmax)])
    let network = try Network(
      model, input: Shape([3]), loss: CategoricalCrossentropy(), optimizer: SGD(), on: Engine())
    network.table.initialize(network.parameters, seed: 3)
    network.parametersChanged()
    let images: [Float] = [1, 2, 3, -1, 0.5, 2, 0, 0, 0, 40, -30, 20, 5, 5, -5]
    let labels: [Int32] = [0, 3, 0, 1, 2]
    let sums = try images.withUnsafeBufferPointer { images in
      try labels.withUnsafeBufferPointer { labels in
        try network.load(NetworkBatch(images: images, labels: labels))
        return try network.forward()
      }
    }
    let kernel = network.parameters.floats
    var expected = BatchSums()
    for sample in 0..<5 {
      let logits = (0..<4).map { unit in
        (0..<3).reduce(0.0) { $0 + Double(images[sample * 3 + $1]) * Double(kernel[$1 * 4 + unit]) }
      }
      let largest = logits.max() ?? 0
      let total = logits.reduce(0) { $0 + exp($1 - largest) }
      expected.loss += log(total) + largest - logits[Int(labels[sample])]
      if logits.firstIndex(of: largest) == Int(labels[sample]) { expected.correct += 1 }
    }
    #expect(abs(sums.loss - expected.loss) < 1e-6 * expected.loss)
    #expect(sums.correct == expected.correct)
    // With equal logits the first class is the guess, as in Keras: sample 2 has label 0.
    #expect(sums.correct >= 1)
    let outputs = try Array(network.outputs())
    for sample in 0..<5 { #expect(abs(outputs[sample * 4..<sample * 4 + 4].reduce(0, +) - 1) < 1e-6) }
  }

  /// The whole network's gradient by central differences in steps of 2^-8, on places away from kinks: see the contract tests.
  @Test func gradientsOfTheDigitsNetwork() throws {
    let network = try Network(
      CourseModels.digits.description, input: Shape([8, 8, 1]), loss: CategoricalCrossentropy(), optimizer: SGD(),
      on: Engine())
    network.table.initialize(network.parameters, seed: 1)
    network.parametersChanged()
    var stream = RandomStream(seed: 2, purpose: .sampling)
    let images = (0..<6 * 64).map { _ in stream.uniform(0, 1) }
    let labels: [Int32] = [0, 9, 4, 4, 7, 1]
    func loss() throws -> Double {
      network.parametersChanged()
      return try images.withUnsafeBufferPointer { images in
        try labels.withUnsafeBufferPointer { labels in
          try network.load(NetworkBatch(images: images, labels: labels))
          return try network.forward().loss
        }
      }
    }
    _ = try loss()
    let sum = Slab(count: network.table.slabCount)
    try network.backward(into: sum.floats)
    let step: Float = 0x1p-8
    for entry in network.table.entries {
      let scale = Double(sum.floats.extracting(entry.range).map(\.magnitude).max() ?? 0)
      var compared = 0
      for index in Swift.stride(
        from: entry.range.lowerBound, to: entry.range.upperBound, by: max(1, entry.range.count / 40))
      {
        let value = network.parameters.floats[index]
        let middle = try loss()
        network.parameters.floats[index] = value + step
        let above = try loss()
        network.parameters.floats[index] = value - step
        let below = try loss()
        network.parameters.floats[index] = value
        let (right, left) = ((above - middle) / Double(step), (middle - below) / Double(step))
        guard abs(right - left) < 0.01 * scale else { continue }
        compared += 1
        #expect(abs((right + left) / 2 - Double(sum.floats[index])) < 0.01 * scale, "\(entry.layerName) \(index)")
      }
      #expect(compared >= 5, "\(entry.layerName)/\(entry.specification.name): almost only kinks")
    }
  }

  /// Gradients can be sent to other memory from batch to batch, also for plans made before and after.
  @Test func gradientsGoWhereTheyAreSent() throws {
    let network = try Network(
      CourseModels.digits.description, input: Shape([8, 8, 1]), loss: CategoricalCrossentropy(), optimizer: SGD(),
      on: Engine())
    network.table.initialize(network.parameters, seed: 1)
    network.parametersChanged()
    var stream = RandomStream(seed: 2, purpose: .sampling)
    let images = (0..<5 * 64).map { _ in stream.uniform(0, 16) }
    func gradients(_ count: Int, into slab: Slab) throws -> [Float] {
      let labels = [Int32](repeating: 3, count: count)
      try images.prefix(count * 64).withContiguousStorageIfAvailable { images in
        try labels.withUnsafeBufferPointer { labels in
          try network.load(NetworkBatch(images: images, labels: labels))
          _ = try network.forward()
          try network.backward(into: slab.floats)
        }
      }
      return Array(slab.floats)
    }
    let (first, second) = (Slab(count: network.table.slabCount), Slab(count: network.table.slabCount))
    let expected = try gradients(5, into: first)
    #expect(expected.contains { $0 != 0 })
    #expect(try gradients(5, into: second) == expected)
    let three = try gradients(3, into: first)
    #expect(Array(second.floats) == expected)
    #expect(try gradients(3, into: second) == three)
    #expect(try gradients(5, into: first) == expected)
  }

  @Test func lossNeedsSoftmax() throws {
    let model = ModelDescription(name: "model", layers: [Dense(units: 4)])
    let error = #expect(throws: ConfigurationError.self) {
      try Network(model, input: Shape([3]), loss: CategoricalCrossentropy(), on: Engine())
    }
    #expect(error?.description.contains("softmax") == true)
  }

  /// One sample, and sizes that need tails: the plans of different sizes agree on what they share.
  @Test func batchSizesAgree() throws {
    let network = try Network(
      CourseModels.digits.description, input: Shape([8, 8, 1]), loss: CategoricalCrossentropy(), on: Engine())
    network.table.initialize(network.parameters, seed: 4)
    network.parametersChanged()
    var stream = RandomStream(seed: 2, purpose: .sampling)
    let images = (0..<17 * 64).map { _ in stream.uniform(0, 16) }
    func outputs(_ count: Int) throws -> [Float] {
      let labels = [Int32](repeating: 0, count: count)
      return try images.withUnsafeBufferPointer { images in
        try labels.withUnsafeBufferPointer { labels in
          try network.load(
            NetworkBatch(images: UnsafeBufferPointer(rebasing: images[..<(count * 64)]), labels: labels),
            for: .inference)
          _ = try network.forward()
          return try Array(network.outputs())
        }
      }
    }
    let all = try outputs(17)
    for count in [1, 2, 16] {
      // Kernels sum in another order for another batch size; probabilities are below 1, so 1e-6 is a few roundings.
      #expect(zip(try outputs(count), all).allSatisfy { abs($0 - $1) < 1e-6 }, "\(count) samples")
    }
  }
}
