import NeuralNetwork
import Testing

@testable import Reports

@Suite struct SweepResultsTests {
  @Test func findsTheBest() {
    let results = SweepFixture.states
    #expect(results.bestTrial?.trial == 3)
    #expect(results.bestPoint == 2)
    #expect(results.judged == .validation)
    #expect(results.missingCount == 1)
  }

  @Test func theBestMeanBeatsALuckySeed() {
    let results = SweepResults(
      SweepFixture.grid(repeats: 2),
      [
        SweepFixture.trial(1, row: 0, column: 0, seed: 0, training: 1, test: 0.99),
        SweepFixture.trial(2, row: 0, column: 0, seed: 1, training: 1, test: 0.5),
        SweepFixture.trial(3, row: 1, column: 0, seed: 0, training: 1, test: 0.8),
        SweepFixture.trial(4, row: 1, column: 0, seed: 1, training: 1, test: 0.9),
      ])
    #expect(results.bestTrial?.trial == 4)
  }

  @Test func ofEqualsTheLowerLossAndThenTheFirst() {
    let trial = { SweepFixture.trial($0, row: $1, column: 0, training: 1, test: 0.9, loss: $2) }
    #expect(SweepResults(SweepFixture.grid(), [trial(1, 0, 0.2), trial(2, 1, 0.1)]).bestTrial?.trial == 2)
    #expect(SweepResults(SweepFixture.grid(), [trial(1, 0, 0.1), trial(2, 1, 0.1)]).bestTrial?.trial == 1)
  }

  @Test func whatWasStoppedIsNotTheBest() {
    let results = SweepResults(
      SweepFixture.grid(),
      [
        SweepFixture.trial(1, row: 0, column: 0, .stopped, training: 1, test: 0.99),
        SweepFixture.trial(2, row: 1, column: 0, training: 0.5, test: 0.5),
      ])
    #expect(results.bestTrial?.trial == 2)
  }

  /// A network of NaN says the first class of everything: 0.9 where nine in ten are of it.
  @Test func whatDivergedIsNeverTheBest() {
    func trial(_ number: Int, row: Int, seed: Int = 0, _ outcome: TrialRecord.Outcome = .completed, test: Double)
      -> TrialRecord
    {
      SweepFixture.trial(number, row: row, column: 0, seed: seed, outcome, training: test, test: test)
    }
    let one = SweepResults(SweepFixture.grid(), [trial(1, row: 0, .diverged, test: 0.9), trial(2, row: 1, test: 0.48)])
    #expect(one.bestTrial?.trial == 2 && one.bestPoint == 1)
    let stopped = SweepResults(
      SweepFixture.grid(), [trial(1, row: 0, .diverged, test: 0.9), trial(2, row: 1, .stopped, test: 0.3)])
    #expect(stopped.bestTrial?.trial == 2)
    let none = SweepResults(
      SweepFixture.grid(), [trial(1, row: 0, .diverged, test: 0.9), trial(2, row: 1, .failed, test: 0.5)])
    #expect(none.bestTrial == nil && none.bestPoint == nil)
    // It raises no mean, and a point where a seed diverged is behind those where none did.
    let seeds = SweepResults(
      SweepFixture.grid(repeats: 2),
      [
        trial(1, row: 0, test: 0.7), trial(2, row: 0, seed: 1, .diverged, test: 0.9),
        trial(3, row: 1, test: 0.5), trial(4, row: 1, seed: 1, test: 0.6),
      ])
    #expect(seeds.bestTrial?.trial == 4)
  }

  @Test func leavesOutWhatTheSweepNoLongerHas() {
    let stray = SweepFixture.trial(9, at: ["optimizer.learning_rate": .double(5), "l2": .int(1)], test: 1)
    let kept = SweepFixture.trial(1, at: ["optimizer.learning_rate": .double(0.1), "l2": .int(1)], test: 0.5)
    let results = SweepResults(SweepFixture.grid(), [stray, kept])
    // A whole number is the same value, however it was written.
    #expect(results.trials.map(\.trial) == [1])
    #expect(results.strayCount == 1)
  }

  @Test func withoutAccuracyTheLossDecides() {
    let trial = { SweepFixture.trial($0, row: $1, column: 0, loss: $2) }
    let results = SweepResults(SweepFixture.grid(), [trial(1, 0, 0.3), trial(2, 1, 0.2), trial(3, 2, 4)])
    #expect(results.measure.name == "loss")
    #expect(!results.measure.higherIsBetter)
    #expect(results.bestTrial?.trial == 2)
  }

  @Test func withoutAValidationSplitTrainingDecides() {
    let results = SweepResults(
      SweepFixture.grid(validation: nil), [SweepFixture.trial(1, row: 0, column: 0, training: 0.5)])
    #expect(results.judged == .training)
    #expect(results.splits == [.training])
    #expect(results.measureTitle(on: .training) == "training accuracy")
  }
}
