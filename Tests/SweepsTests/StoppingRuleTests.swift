import Testing

@testable import Sweeps

@Suite struct StoppingRuleTests {
  @Test func rungs() {
    #expect(Rungs(.none, epochs: 100).epochs.isEmpty)
    #expect(Rungs(.median, epochs: 100).epochs == [10, 20, 30, 40, 50, 60, 70, 80, 90])
    #expect(Rungs(.median, epochs: 4).epochs == [1, 2, 3])
    #expect(Rungs(.halving, epochs: 100).epochs == [1, 3, 9, 27, 81])
    #expect(Rungs(.halving, epochs: 81).epochs == [1, 3, 9, 27])
    #expect(Rungs(.halving, epochs: 1).epochs.isEmpty)
  }

  /// By hand: the median of 1, 2, 4 and 9 is 3, of three of them 2.
  @Test func worseThanTheMedian() {
    let others: [Double] = [4, .nan, 1, 9, 2]
    #expect(StoppingRule.median(2.9, others: others, epoch: 5) == "worse than the median of 4 others at epoch 5")
    #expect(StoppingRule.median(3, others: others, epoch: 5) == nil)
    #expect(StoppingRule.median(1.5, others: [4, 1, 2], epoch: 5) != nil)
    #expect(StoppingRule.median(-1, others: [4, 1], epoch: 5) == nil, "two others say nothing")
    #expect(StoppingRule.median(-.infinity, others: [-.infinity, -.infinity, 1], epoch: 5) == nil)
  }

  /// Of seven at a rung the best two go on; of two equal ones the first.
  @Test func theBestThirdGoesOn() {
    let scores: [Double] = [0.5, 0.9, .nan, 0.7, 0.9, 0.1, 0.9, 0.2]
    #expect(scores.indices.filter { !scores[$0].isNaN && StoppingRule.isPromoted($0, among: scores) } == [1, 4])
    #expect(StoppingRule.place(of: 3, among: scores) == 4)
    #expect(!StoppingRule.isPromoted(0, among: [1, 0]), "a third of two is none")
  }
}
