import Datasets
import Numerics
import Training

/// Whether every rank finds the store, and all find the same one.
enum StoreCheck: Check {
  static let name = "store"
  static let isQuick = false

  /// What a rank has found: the fingerprint, or why there is none.
  struct Sight: Codable, Equatable {
    var fingerprint: String?
    var problem: String?
    /// What kind of error that is.
    var failure = Finding.Failure.mismatch
  }

  static func examine(_ site: Site) throws -> Verdict {
    guard let selection = site.work?.configuration.storeSelection else { return Verdict("not checked") }
    let mine: Sight
    do {
      mine = Sight(fingerprint: try TrainingSetup.fingerprint(of: ImageStore(opening: selection)))
    } catch {
      let failure: Finding.Failure =
        switch (error as? DatasetError)?.kind {
        case .notFound: .missing
        case .unreadable: .files
        default: .mismatch
        }
      mine = Sight(problem: "\(error)", failure: failure)
    }
    return verdict(try site.gather(mine), site.ranks, selection.path)
  }

  static func verdict(_ sights: [Sight], _ ranks: [RankFacts], _ path: String) -> Verdict {
    let blind = sights.indices.filter { sights[$0].problem != nil }
    if let rank = blind.first, let problem = sights[rank].problem {
      let everywhere = blind.count == ranks.count
      return Verdict(
        path,
        [
          .error(
            sights[rank].failure,
            "\(RankNames.text(blind)) (\(ranks[rank].host)) cannot use the store: \(problem)",
            why: "every rank reads its own part of it",
            cure: everywhere
              ? sights[rank].failure == .missing
                ? "name one that is there: --store FILE" : "cnn-dist dataset inspect \(Text.shellWord(path))"
              : "put it on a file system that all hosts share, or at the same path on each")
        ])
    }
    let odd = sights.indices.filter { sights[$0] != sights[0] }
    guard let rank = odd.first else { return Verdict(path + (ranks.count > 1 ? ", the same on every rank" : "")) }
    return Verdict(
      path,
      [
        .error(
          .mismatch,
          "\(RankNames.text(odd)) (\(ranks[rank].host)): another store than rank 0 (\(ranks[0].host)) by the path \(path)",
          why: "ranks would train on different data, with no result that could be had again",
          cure: "copy one file to all hosts, or put it on a file system that they share")
      ])
  }
}
