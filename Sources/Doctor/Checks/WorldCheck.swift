/// Says which ranks there are.
///
/// That several processes are one job is checked when MPI starts, by `Launch`.
enum WorldCheck: Check {
  static let name = "world"
  static let isQuick = false

  static func examine(_ site: Site) throws -> Verdict {
    let hosts = site.hosts.map { "\($0.name): \(RankNames.text($0.ranks))" }
    let shown = hosts.prefix(8) + (hosts.count > 8 ? ["and \(hosts.count - 8) more hosts"] : [])
    return Verdict(
      "\(RankNames.count(site.world.size, "rank")) in one job; \(shown.joined(separator: "; "))")
  }
}
