import Foundation
import OneDNN
import Testing

@testable import NeuralNetwork

@Suite struct CategoricalCrossentropyTests {
  /// Losses and gradients for logits that fit badly, well and nearly perfectly, against double precision.
  ///
  /// The largest probability has a relative rounding of 2^-23 or two, so has its logarithm next to zero, and the gradient:
  /// 5e-7 is allowed, whatever the loss.
  @Test func lossesOfAnySizeAreExact() throws {
    let rows: [[Float]] = [
      [0, 0, 0, 0], [3, 1, -2, 0.5], [1, 3, -2, 0.5], [4, -1, 0, -3], [9, -1, 0, -3], [14, 0, 0.25, -3],
      [-3, 40, 5, 60], [100, -100, 0, 50], [-50, 250, 0, -400],
    ]
    let labels: [Int32] = [2, 0, 0, 0, 0, 0, 1, 0, 0]
    let engine = try Engine()
    for (row, label) in zip(rows, labels) {
      let logits = try Tensor(.plain([1, row.count]), on: engine)
      _ = logits.floats.update(fromContentsOf: row)
      let plan = try CategoricalCrossentropy().plan(
        output: logits, shape: Shape([row.count]), batchSize: 1, purpose: .training, on: engine)
      let targets = Targets(batchSize: 1, width: row.count)
      targets.labels[0] = label
      let sums = try plan.forward(targets)
      try plan.backward(targets)

      let largest = row.map(Double.init).max() ?? 0
      let sum = row.reduce(0) { $0 + exp(Double($1) - largest) }
      let loss = largest + log(sum) - Double(row[Int(label)])
      #expect(abs(sums.loss - loss) < 5e-7, "\(row): \(sums.loss), expected \(loss)")
      #expect(sums.correct == (row.firstIndex(of: Float(largest)) == Int(label) ? 1 : 0))
      for (candidate, gradient) in plan.outputGradient.floats.enumerated() {
        let expected = exp(Double(row[candidate]) - largest) / sum - (candidate == Int(label) ? 1 : 0)
        #expect(abs(Double(gradient) - expected) < 5e-7, "\(row): \(gradient), expected \(expected)")
      }
    }
  }
}
