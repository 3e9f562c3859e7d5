/// Whether ranks that wait give up the core, where others need it.
///
/// The program arranges it before MPI starts (see `Environment`), unless it was told otherwise.
enum YieldingCheck: Check {
  static let name = "waiting"
  static let isQuick = true

  static func examine(_ site: Site) throws -> Verdict { verdict(site.ranks) }

  static func verdict(_ ranks: [RankFacts]) -> Verdict {
    var findings: [Finding] = []
    for host in Site.hosts(ranks) {
      let cores = Set(host.ranks.flatMap { ranks[$0].cores }).count
      let spinning = host.ranks.filter { !ranks[$0].yields }
      guard host.ranks.count > cores, !spinning.isEmpty else { continue }
      findings.append(
        .warning(
          "\(host.name) has \(RankNames.count(cores, "core")) for \(host.ranks.count) ranks, and \(RankNames.text(spinning)) "
            + "\(spinning.count == 1 ? "keeps its" : "keep their") core while waiting",
          why: "a rank that waits keeps the ones it waits for from running: a step takes many times longer",
          cure: "mpirun --mca mpi_yield_when_idle 1 … (and unset OMPI_MCA_mpi_yield_when_idle), or fewer ranks"))
    }
    let yields = ranks.allSatisfy(\.yields)
    return Verdict(yields ? "ranks that wait give up the core" : "ranks that wait keep their core", findings)
  }
}
