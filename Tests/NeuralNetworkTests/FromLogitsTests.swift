import Foundation
import OneDNN
import Testing

@testable import NeuralNetwork

/// Cross-entropies of outputs that are logits: the same numbers as behind a softmax or a sigmoid.
@Suite struct FromLogitsTests {
  private func sums(_ activation: Activation, units: Int, _ loss: any Loss) throws -> (BatchSums, [UInt32], [Float]) {
    let model = ModelDescription(name: "m", layers: [Dense(units: units, activation: activation)])
    let network = try Network(model, input: Shape([3]), loss: loss, optimizer: SGD(learningRate: 1), on: Engine())
    network.table.initialize(network.parameters, seed: 3)
    network.parametersChanged()
    let images: [Float] = [1, -2, 3, 0.5, 4, -1, 2, 2, -7, -1, 0, 1]
    let labels: [Int32] = units == 1 ? [1, 0, 1, 0] : [0, 3, 2, 1]
    return try images.withUnsafeBufferPointer { images in
      try labels.withUnsafeBufferPointer { labels in
        try network.load(NetworkBatch(images: images, labels: labels))
        let sums = try network.forward()
        try network.backward(into: network.gradients.floats)
        let outputs = try Array(network.outputs())
        return (sums, network.gradients.floats.map(\.bitPattern), outputs)
      }
    }
  }

  @Test func sameBitsAsBehindTheActivation() throws {
    let softmax = try sums(.softmax, units: 4, CategoricalCrossentropy())
    let logits = try sums(.linear, units: 4, CategoricalCrossentropy(fromLogits: true))
    #expect(softmax.0 == logits.0 && softmax.1 == logits.1 && softmax.2 != logits.2)
    let sigmoid = try sums(.sigmoid, units: 1, BinaryCrossentropy())
    let logit = try sums(.linear, units: 1, BinaryCrossentropy(fromLogits: true))
    #expect(sigmoid.0 == logit.0 && sigmoid.1 == logit.1 && sigmoid.2 != logit.2)
  }

  /// One logit means yes above 0, one probability above 0.5.
  @Test func accuracyOfOneLogit() throws {
    for (loss, hits) in [(BinaryCrossentropy(), 0.0), (BinaryCrossentropy(fromLogits: true), 1)] {
      let targets = Targets(batchSize: 1, width: 1, threshold: loss.outputThreshold)
      targets.labels[0] = 1
      let counted = UnsafeMutableBufferPointer<Double>.allocate(capacity: 1)
      defer { counted.deallocate() }
      counted[0] = 0
      [Float(0.2)].withUnsafeBufferPointer { Accuracy().add($0, targets, to: counted) }
      #expect(counted[0] == hits)
    }
  }

  @Test func probabilitiesAreNoLogits() {
    let output = Shape([4])
    let error = #expect(throws: ConfigurationError.self) {
      try CategoricalCrossentropy(fromLogits: true).check(output: output, activation: .softmax, targets: nil)
    }
    #expect(error?.description.contains("--loss sparse_categorical_crossentropy") == true)
    let other = #expect(throws: ConfigurationError.self) {
      try CategoricalCrossentropy().check(output: output, activation: .linear, targets: nil)
    }
    #expect(other?.description.contains("loss.from_logits=true") == true)
    #expect(throws: ConfigurationError.self) {
      try BinaryCrossentropy(fromLogits: true).check(output: Shape([1]), activation: .sigmoid, targets: nil)
    }
  }

  /// Settings keep it, and Keras is told; a loss without it is a bare name, as before.
  @Test func goesBackToKeras() throws {
    let loss = Choice<LossRegistry>(CategoricalCrossentropy(fromLogits: true))
    let read = try JSONDecoder().decode(Choice<LossRegistry>.self, from: JSONEncoder().encode(loss))
    #expect((read.value as? CategoricalCrossentropy)?.fromLogits == true)
    let json = try KerasTrainingConfiguration(loss: loss.value, optimizer: SGD(learningRate: 0.1)).json
    #expect(
      json.contains(
        #""loss": {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": true, "name": "sparse_categorical_crossentropy", "reduction": "sum_over_batch_size"}}"#
      ), "\(json)")
    #expect(
      json.contains(
        #""metrics": [{"class_name": "SparseCategoricalAccuracy", "config": {"dtype": "float32", "name": "accuracy"}}]"#
      ), "\(json)")
    let binary = BinaryCrossentropy(fromLogits: true)
    let other = try KerasTrainingConfiguration(loss: binary, optimizer: SGD(learningRate: 0.1)).json
    #expect(other.contains(#""BinaryAccuracy", "config": {"dtype": "float32", "name": "accuracy", "threshold": 0.0}"#))
    let plain = try KerasTrainingConfiguration(loss: BinaryCrossentropy(), optimizer: SGD(learningRate: 0.1)).json
    #expect(plain.contains(#""loss": "binary_crossentropy""#))
  }
}
