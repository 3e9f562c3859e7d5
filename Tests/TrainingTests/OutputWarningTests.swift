import NeuralNetwork
import Testing

@testable import Training

@Suite struct OutputWarningTests {
  private func warning(_ units: Int, _ activation: Activation, _ targets: TargetKind) -> String? {
    ModelDescription(name: "m", layers: [Dense(units: units, activation: activation)])
      .outputWarning(for: Shape([units]), targets, of: "a.h5")
  }

  @Test func whatCannotHaveBeenMeant() {
    let many = warning(10, .softmax, .classes(count: 2))
    #expect(many?.contains("the model has 10 outputs, a.h5 has 2 classes") == true)
    #expect(many?.contains("give the last layer 2 units") == true)
    #expect(warning(10, .sigmoid, .classes(count: 2)) != nil)
    #expect(warning(1, .sigmoid, .classes(count: 10))?.contains("does not reach beyond 1") == true)
    #expect(warning(3, .softmax, .values(width: 3))?.contains("add up to 1") == true)
    #expect(warning(1, .softmax, .values(width: 1)) != nil)
    #expect(warning(2, .softmax, .classes(count: 1))?.contains("1 class") == true)
  }

  @Test func whatMayBeMeant() {
    #expect(warning(10, .softmax, .classes(count: 10)) == nil)
    #expect(warning(1, .sigmoid, .classes(count: 2)) == nil)
    #expect(warning(1, .linear, .classes(count: 10)) == nil)
    #expect(warning(2, .linear, .values(width: 2)) == nil)
    #expect(warning(1, .sigmoid, .values(width: 1)) == nil)
  }
}
