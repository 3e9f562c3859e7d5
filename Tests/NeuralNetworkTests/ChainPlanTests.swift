import OneDNN
import Testing

@testable import NeuralNetwork

/// What plans in a chain are asked to compute.
@Suite struct ChainPlanTests {
  /// Hands its input on and notes what it was asked for.
  private final class RecordingPlan: LayerPlan {
    let output: Tensor
    var wantsInputGradient: Bool?
    var backwardPasses = 0

    init(_ output: Tensor) { self.output = output }

    func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) -> Tensor? {
      wantsInputGradient = needsInputGradient
      return needsInputGradient ? outputGradient : nil
    }

    func forward() {}
    func backward() { backwardPasses += 1 }
  }

  /// A convolution after its padding: its input gradient is the most expensive thing to compute for nobody.
  @Test(arguments: [false, true]) func nothingIsComputedForPlansThatOnlyPassOn(needsInputGradient: Bool) throws {
    let tensor = try Tensor(.plain([1, 1]), on: Engine())
    let plans = [RecordingPlan(tensor), RecordingPlan(tensor)]
    let chain = ChainPlan(plans, firstLearning: 1)
    let gradient = try chain.planBackward(tensor, needsInputGradient: needsInputGradient)
    try chain.backward()
    #expect((gradient != nil) == needsInputGradient)
    #expect(plans[1].wantsInputGradient == needsInputGradient && plans[1].backwardPasses == 1)
    #expect(plans[0].wantsInputGradient == (needsInputGradient ? true : nil))
    #expect(plans[0].backwardPasses == (needsInputGradient ? 1 : 0))
  }

  /// The first may learn from the gradient that it gets.
  @Test func everyPlanGetsItsGradient() throws {
    let tensor = try Tensor(.plain([1, 1]), on: Engine())
    let plans = [RecordingPlan(tensor), RecordingPlan(tensor)]
    let chain = ChainPlan(plans)
    #expect(try chain.planBackward(tensor, needsInputGradient: false) == nil)
    try chain.backward()
    #expect(plans.map(\.wantsInputGradient) == [false, true] && plans.map(\.backwardPasses) == [1, 1])
  }
}
