import Numerics

/// Ranks whose parameters are no longer the same: the memory or the processor of one of them has failed, or its program.
public struct Desynchronization: Error, Sendable, CustomStringConvertible {
  /// The step before which it was seen.
  public let step: Int
  /// The hash of each rank's parameters.
  public let hashes: [UInt64]
  /// Where each rank runs.
  let places: [RankPlace]
  /// The steps between two comparisons.
  let interval: Int

  /// Compares the hashes of the ranks' parameters before a step.
  ///
  /// - Parameter interval: the steps since they were compared before.
  /// - Throws: ``Desynchronization`` if they differ.
  static func check(
    _ hashes: [UInt64], of places: [RankPlace], step: Int, interval: Int
  ) throws(Desynchronization) {
    guard Set(hashes).count > 1 else { return }
    throw Desynchronization(step: step, hashes: hashes, places: places, interval: interval)
  }

  /// Compares what the ranks report in a step.
  static func check(
    _ reports: RankReports, of places: [RankPlace], step: Int, interval: Int
  ) throws(Desynchronization) {
    let first = reports[0].parameterHash
    // A step allocates nothing.
    for rank in 0..<reports.count where reports[rank].parameterHash != first {
      let hashes = (0..<reports.count).map { reports[$0].parameterHash }
      try check(hashes, of: places, step: step, interval: interval)
    }
  }

  /// The ranks that are not with the majority; all of them if there is none.
  public var oddRanks: [Int] {
    let counts = Dictionary(hashes.map { ($0, 1) }, uniquingKeysWith: +)
    guard let (most, count) = counts.max(by: { $0.value < $1.value }), 2 * count > hashes.count else {
      return Array(hashes.indices)
    }
    return hashes.indices.filter { hashes[$0] != most }
  }

  /// Who differs, since when, and what to do.
  public var description: String {
    let odd = oddRanks
    let names = odd.map { "rank \($0) (\(places[$0]), hash \(Text.hexadecimal(hashes[$0])))" }.joined(separator: ", ")
    let agreed = max(step - interval, 0)
    return
      "the parameters of \(names) are not those of \(odd.count == hashes.count ? "each other" : "the other ranks") "
      + "before step \(step): they must be the same to the bit. Its memory or processor may be faulty; they last agreed "
      + "before step \(agreed): remove checkpoints after it and resume without that machine; "
      + "cnn-dist replay says which steps are right"
  }
}
