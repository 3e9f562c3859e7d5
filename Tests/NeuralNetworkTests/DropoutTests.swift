import NeuralNetwork
import OneDNN
import Testing

@Suite struct DropoutTests {
  /// What a network of one layer makes of ones, for samples of these numbers.
  private func factors(
    of layer: any Layer, shape: [Int], samples: [Int], update: Int = 0, seed: UInt64 = 1,
    for purpose: Purpose = .training
  ) throws -> [[Float]] {
    let network = try Network(
      ModelDescription(name: "dropout", layers: [layer]), input: Shape(shape), loss: nil, seed: seed, on: Engine())
    let count = shape.reduce(1, *)
    let ones = [Float](repeating: 1, count: samples.count * count)
    return try ones.withUnsafeBufferPointer { images in
      try samples.withUnsafeBufferPointer { indices in
        try network.load(
          NetworkBatch(count: samples.count, images: images, indices: indices), update: update, for: purpose)
        _ = try network.forward()
        let outputs = try Array(network.outputs())
        return samples.indices.map { Array(outputs[$0 * count..<($0 + 1) * count]) }
      }
    }
  }

  /// 100,000 draws: the share of zeros is within five standard deviations, and the rest is scaled so that the mean stays.
  @Test(arguments: [0.1, 0.25, 0.5, 0.9]) func shareAndScale(rate: Double) throws {
    let values = try factors(of: Dropout(rate: rate), shape: [1000], samples: Array(0..<100)).flatMap { $0 }
    let zeros = Double(values.filter { $0 == 0 }.count)
    let deviation = (100_000 * rate * (1 - rate)).squareRoot()
    #expect(abs(zeros - 100_000 * rate) < 5 * deviation)
    #expect(values.allSatisfy { $0 == 0 || $0 == Float(1 / (1 - rate)) })
  }

  /// A sample's draws follow from its number, wherever it stands and with whom.
  @Test func drawsBelongToSamples() throws {
    let layer = Dropout(rate: 0.5)
    let together = try factors(of: layer, shape: [4, 3, 5], samples: [7, 2, 900])
    #expect(try factors(of: layer, shape: [4, 3, 5], samples: [900, 7]) == [together[2], together[0]])
    #expect(together[0] != together[1])
    #expect(try factors(of: layer, shape: [4, 3, 5], samples: [7], update: 1) != [together[0]])
    #expect(try factors(of: layer, shape: [4, 3, 5], samples: [7], seed: 2) != [together[0]])
    #expect(try factors(of: layer, shape: [4, 3, 5], samples: [7], for: .inference).joined().allSatisfy { $0 == 1 })
  }

  /// Two layers of one model do not drop the same places.
  @Test func layersDrawForThemselves() throws {
    let once = try factors(
      of: Residual([Dropout(rate: 0.5)], shortcut: [Dropout(rate: 0.5)]), shape: [1000], samples: [3])
    #expect(Set(once[0]) == [0, 2, 4])
  }

  @Test func wholeChannels() throws {
    let values = try factors(of: SpatialDropout2D(rate: 0.5), shape: [3, 2, 64], samples: [5])[0]
    for channel in 0..<64 {
      #expect(Set(stride(from: channel, to: values.count, by: 64).map { values[$0] }).count == 1)
    }
    #expect(Set(values) == [0, 2])
  }
}
