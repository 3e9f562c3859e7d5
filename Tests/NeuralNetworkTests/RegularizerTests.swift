import Testing

@testable import NeuralNetwork

@Suite struct RegularizerTests {
  /// Keras' convention: no ½, sign(0) = 0, and only the range of the parameter counts.
  @Test func penaltyAndGradientAreKeras() {
    let (values, gradients) = (Slab(count: 40), Slab(count: 40))
    for index in 0..<40 { values.floats[index] = Float(index % 5) - 2 }
    let range = 3..<34
    let regularizer = Regularizer(l1: 0.5, l2: 0.25)
    let numbers = range.map { Double(values.floats[$0]) }
    let expected = numbers.reduce(0) { $0 + 0.5 * abs($1) + 0.25 * $1 * $1 }
    #expect(abs(regularizer.penalty(of: values, in: range) - expected) < 1e-12)
    regularizer.addGradient(of: values, in: range, to: gradients)
    for index in 0..<40 {
      let value = values.floats[index]
      let sign: Float = value > 0 ? 1 : value < 0 ? -1 : 0
      #expect(gradients.floats[index] == (range.contains(index) ? 0.5 * sign + 0.5 * value : 0))
    }
  }
}
