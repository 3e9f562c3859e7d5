/// What a rank tells all others in every step, inside the reduction that sums the gradients.
///
/// The sums have a table with a row for each rank. A rank writes its row beside the sums of its first shard, and zeros
/// everywhere else; so the sum over all shards is the whole table, without rounding. Every rank reads the same table, and
/// comes to the same decisions.
struct RankReport: Equatable {
  /// Why this rank wants to stop; nil if it does not.
  var stop: StopReason?
  /// The time that this rank has computed in the step before, without waiting for others, in seconds.
  var secondsComputing = 0.0
  /// ``hash64(of:)`` of this rank's parameters; 0 in steps in which they are not compared.
  var parameterHash: UInt64 = 0

  /// The numbers of a row; a hash is two, because a double is exact to 53 bits only.
  fileprivate static let columns = 4

  fileprivate func write(to row: UnsafeMutableBufferPointer<Double>) {
    row[0] = Double(stop?.code ?? 0)
    row[1] = secondsComputing
    row[2] = Double(parameterHash >> 32)
    row[3] = Double(parameterHash & 0xFFFF_FFFF)
  }

  fileprivate init(_ row: UnsafeMutableBufferPointer<Double>) {
    stop = StopReason(code: Int(row[0]))
    secondsComputing = row[1]
    parameterHash = UInt64(row[2]) << 32 | UInt64(row[3])
  }

  init(stop: StopReason? = nil, secondsComputing: Double = 0, parameterHash: UInt64 = 0) {
    self.stop = stop
    self.secondsComputing = secondsComputing
    self.parameterHash = parameterHash
  }
}

/// The reports of all ranks, as they lie in the double-precision sums of a reduction: a view.
struct RankReports {
  private let rows: UnsafeMutableBufferPointer<Double>

  /// The doubles of a table of `ranks` rows.
  static func doubleCount(ranks: Int) -> Int { ranks * RankReport.columns }

  /// Views `doubles`, all of which are the table.
  init(in doubles: UnsafeMutableBufferPointer<Double>) { rows = doubles }

  /// The number of ranks.
  var count: Int { rows.count / RankReport.columns }

  /// What `rank` reports.
  subscript(rank: Int) -> RankReport { RankReport(row(rank)) }

  /// Fills the table with zeros but for the row of `rank`.
  func write(_ report: RankReport?, of rank: Int) {
    rows.update(repeating: 0)
    report?.write(to: row(rank))
  }

  /// The reason of the first rank that wants to stop; nil if none does.
  var stop: StopReason? {
    for rank in 0..<count { if let stop = self[rank].stop { return stop } }
    return nil
  }

  private func row(_ rank: Int) -> UnsafeMutableBufferPointer<Double> {
    rows.extracting(rank * RankReport.columns..<(rank + 1) * RankReport.columns)
  }
}
