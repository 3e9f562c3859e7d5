import NeuralNetwork

/// The double-precision part of a step's reduction: what the batch sums up to, and what each rank reports.
///
/// A view of ``ReductionSlot/doubles``.
struct StepSums {
  /// The table of the ranks' reports.
  let reports: RankReports

  private let doubles: UnsafeMutableBufferPointer<Double>
  private static let batchSums = 2

  /// The number of doubles in a job of `ranks` ranks.
  static func doubleCount(ranks: Int) -> Int { batchSums + RankReports.doubleCount(ranks: ranks) }

  /// Views `doubles`, of which there must be ``doubleCount(ranks:)``.
  init(in doubles: UnsafeMutableBufferPointer<Double>) {
    self.doubles = doubles
    reports = RankReports(in: doubles.extracting(Self.batchSums...))
  }

  /// The losses of the samples.
  var loss: Double { doubles[0] }
  /// The samples that were classified right.
  var correct: Int { Int(doubles[1]) }

  /// Writes all of it: the sums of one shard, and beside those of a rank's first shard its report.
  func write(_ sums: BatchSums, _ report: RankReport?, of rank: Int) {
    doubles[0] = sums.loss
    doubles[1] = Double(sums.correct)
    reports.write(report, of: rank)
  }
}
