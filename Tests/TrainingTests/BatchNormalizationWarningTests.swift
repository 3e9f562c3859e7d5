import NeuralNetwork
import Testing

@testable import Training

/// Who is told that batch normalisation has a single sample.
@Suite struct BatchNormalizationWarningTests {
  private func warning(_ layers: [any Layer], batch: Int, shards: Int = 8) throws -> String? {
    try EpochLayout(samples: 100, batchSize: batch, shards: VirtualShards(count: shards, ranks: 1))
      .batchNormalizationWarning(for: ModelDescription(name: "m", l2: 0, layers: layers))
  }

  private static let flat: [any Layer] = [Flatten(), Dense(units: 4), BatchNormalization(), ReLU(), Dense(units: 2)]

  /// A part has one sample until every shard has two.
  @Test(arguments: zip([1, 7, 8, 15, 16, 17], [true, true, true, true, false, false]))
  func dependsOnTheSmallestPart(batch: Int, warns: Bool) throws {
    #expect(try (warning(Self.flat, batch: batch) != nil) == warns)
  }

  @Test func fewerShardsAreEnough() throws {
    #expect(try warning(Self.flat, batch: 8, shards: 4) == nil)
    let text = try #require(try warning(Self.flat, batch: 8))
    #expect(text.contains("8 samples for 8 shards") && text.contains("use fewer virtual shards or a larger batch"))
    #expect(!text.contains("\n"))
  }

  @Test func nestedLayersToo() throws {
    let block = Residual([Branches([[Conv2D(filters: 1, kernelSize: (1, 1))], [BatchNormalization()]], merge: .add)])
    #expect(try warning([block], batch: 8) != nil)
    #expect(try warning([Residual([Dense(units: 4)])], batch: 8) == nil)
    #expect(try warning([Flatten(), Dense(units: 4)], batch: 8) == nil)
  }

  @Test(arguments: [false, true]) func frozenLayersTakeTheirRunningMeans(isTrainable: Bool) throws {
    let normalization = "{BatchNormalization: {trainable: \(isTrainable)}}"
    for layers in ["\(normalization)", "{Residual: {layers: [\(normalization)]}}"] {
      var tree = ConfigurationTree()
      tree.set("model", to: ConfigurationTree.value("{layers: [Flatten, {Dense: {units: 4}}, \(layers)]}"))
      let model = try tree.decode(TrainingConfiguration.self).modelDescription()
      let layout = EpochLayout(samples: 100, batchSize: 8, shards: try VirtualShards(count: 8, ranks: 1))
      #expect((layout.batchNormalizationWarning(for: model) != nil) == isTrainable, "\(layers)")
    }
  }
}
