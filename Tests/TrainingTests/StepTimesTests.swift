import NeuralNetwork
import Testing

@testable import Training

/// Who holds the others up.
@Suite struct StepTimesTests {
  private func summary(_ steps: [[Double]]) throws -> RankTimes? {
    let ranks = steps[0].count
    var times = StepTimes(ranks: ranks)
    for step in steps {
      var doubles = [Double](repeating: 0, count: StepSums.doubleCount(ranks: ranks))
      doubles.withUnsafeMutableBufferPointer { buffer in
        var total = [Double](repeating: 0, count: buffer.count)
        for (rank, seconds) in step.enumerated() {
          StepSums(in: buffer).write(BatchSums(), RankReport(secondsComputing: seconds), of: rank)
          for index in total.indices { total[index] += buffer[index] }
        }
        _ = buffer.update(fromContentsOf: total)
        times.add(StepSums(in: buffer).reports)
      }
    }
    return times.takeSummary()
  }

  @Test func means() throws {
    let times = try #require(try summary([[1, 4, 2, 1.5], [2, 4, 2, 3.5]]))
    #expect(times.fastest == .init(rank: 0, seconds: 1.5))
    #expect(times.median == .init(rank: 2, seconds: 2))
    #expect(times.slowest == .init(rank: 1, seconds: 4))
    #expect(times.hasStraggler)
    #expect(try summary([[1, 1.2, 1.1]])?.hasStraggler == false)
  }

  @Test func oneRankHoldsNobodyUp() throws { #expect(try summary([[1]]) == nil) }

  @Test func nothingIsLeftOver() {
    var times = StepTimes(ranks: 2)
    #expect(times.takeSummary() == nil)
  }
}
