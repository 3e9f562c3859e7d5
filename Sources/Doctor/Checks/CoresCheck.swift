/// Whether ranks have to share a core although the machine has more.
enum CoresCheck: Check {
  static let name = "cores"
  static let isQuick = true

  static func examine(_ site: Site) throws -> Verdict { verdict(site.ranks) }

  static func verdict(_ ranks: [RankFacts]) -> Verdict {
    let hosts = Site.hosts(ranks)
    let findings = hosts.flatMap { host in crowded(host.ranks, ranks).map { finding(host.name, $0, $1, ranks) } }
    return Verdict(summary(hosts, ranks), findings)
  }

  /// The sets of cores that more ranks are bound to than there are cores, while others are free.
  private static func crowded(_ here: [Int], _ ranks: [RankFacts]) -> [(ranks: [Int], cores: [Int])] {
    let used = Set(here.flatMap { ranks[$0].cores })
    guard used.count < ranks[here[0]].machineCores else { return [] }
    let sets = Set(here.map { ranks[$0].cores }).sorted { ($0.count, $0[0]) < ($1.count, $1[0]) }
    var named: Set<Int> = []
    return sets.compactMap { cores in
      let bound = here.filter { Set(ranks[$0].cores).isSubset(of: cores) }
      guard bound.count > cores.count, named.isDisjoint(with: bound) else { return nil }
      named.formUnion(bound)
      return (bound, cores)
    }
  }

  private static func finding(_ host: String, _ bound: [Int], _ cores: [Int], _ ranks: [RankFacts]) -> Finding {
    let machine = ranks[bound[0]].machineCores
    let names = "core\(cores.count == 1 ? "" : "s") \(cores.map(String.init).joined(separator: ", "))"
    return .warning(
      "\(RankNames.text(bound)) share \(names) of \(host), which has \(machine)",
      why: "each gets a part of a core, and in every step all others wait for them",
      cure: "mpirun --map-by core --bind-to core …; in a batch job, ask for a core for each rank (Slurm: --ntasks)")
  }

  private static func summary(_ hosts: [(name: String, ranks: [Int])], _ ranks: [RankFacts]) -> String {
    hosts.prefix(8).map { host in
      let cores = Set(host.ranks.flatMap { ranks[$0].cores })
      let isBound = host.ranks.allSatisfy { ranks[$0].cores.count == 1 } && cores.count == host.ranks.count
      let number = RankNames.count(host.ranks.count, "rank")
      return isBound
        ? "\(host.name): \(number), each with a core of its own"
        : "\(host.name): \(number) on \(RankNames.count(cores.count, "core"))"
    }.joined(separator: "; ")
  }
}
