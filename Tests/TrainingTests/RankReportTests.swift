import NeuralNetwork
import Testing

@testable import Training

/// What ranks tell each other in a step's reduction.
@Suite struct RankReportTests {
  /// Slots of three ranks with two shards each are added up in another order than they are written in: each report comes
  /// through without a bit of difference, whatever the sums beside it.
  @Test func theSumOfAllIsTheTable() {
    let reports = [
      RankReport(stop: nil, secondsComputing: 0.1, parameterHash: .max),
      RankReport(stop: .signal(10), secondsComputing: 1e-9, parameterHash: 0x8000_0000_0000_0001),
      RankReport(stop: .deadline, secondsComputing: 1e9, parameterHash: 0),
    ]
    let count = StepSums.doubleCount(ranks: 3)
    var total = [Double](repeating: 0, count: count)
    for shard in [5, 0, 3, 1, 4, 2] {
      var slot = [Double](repeating: .nan, count: count)
      slot.withUnsafeMutableBufferPointer {
        StepSums(in: $0).write(
          BatchSums(loss: 0.1, correct: 2), shard % 2 == 0 ? reports[shard / 2] : nil, of: shard / 2)
      }
      for index in total.indices { total[index] += slot[index] }
    }
    total.withUnsafeMutableBufferPointer {
      let sums = StepSums(in: $0)
      #expect(sums.correct == 12)
      #expect((0..<3).map { sums.reports[$0] } == reports)
      // The first rank that has a reason gives it.
      #expect(sums.reports.stop == .signal(10))
    }
  }

  @Test func nobodyStops() {
    var slot = [Double](repeating: .nan, count: StepSums.doubleCount(ranks: 2))
    slot.withUnsafeMutableBufferPointer {
      StepSums(in: $0).write(BatchSums(), RankReport(), of: 1)
      #expect(StepSums(in: $0).reports.stop == nil)
    }
  }
}
