import MPI

/// Whether the MPI library is the one that the program was compiled for, on every rank.
enum LibraryCheck: Check {
  static let name = "mpi"
  static let isQuick = true

  static func examine(_ site: Site) throws -> Verdict {
    verdict(site.ranks, compiled: Environment.compiledVersion)
  }

  /// Compares what each rank has loaded with the version that the program was compiled for.
  ///
  /// Open MPI keeps its binary interface within a major version.
  static func verdict(_ ranks: [RankFacts], compiled: String) -> Verdict {
    var findings: [Finding] = []
    let odd = ranks.indices.filter { ranks[$0].library != ranks[0].library }
    if let rank = odd.first {
      findings.append(
        .error(
          .mismatch,
          "\(RankNames.text(odd)): \(ranks[rank].library) on \(ranks[rank].host); rank 0: \(ranks[0].library) on "
            + ranks[0].host,
          why: "ranks with different libraries crash or wait for each other for ever",
          cure: "load the same MPI module on every host, and pass it on: mpirun -x PATH -x LD_LIBRARY_PATH …"))
    }
    let loaded = ranks[0].library
    if numbers(loaded).first != numbers(compiled).first || !loaded.hasPrefix("Open MPI") {
      findings.append(
        .error(
          .mismatch, "the library is \(loaded), the program was compiled for Open MPI \(compiled)",
          why: "calls would reach functions of another binary interface",
          cure: "load the Open MPI \(compiled) module, or build again with this one: swift build -c release"))
    } else if numbers(loaded).prefix(2).lexicographicallyPrecedes(numbers(compiled).prefix(2)) {
      findings.append(
        .warning(
          "the library is \(loaded), older than the Open MPI \(compiled) that the program was compiled for",
          why: "it may lack what the program uses", cure: "build again with this one: swift build -c release"))
    }
    return Verdict("\(loaded), compiled for \(compiled)", findings)
  }

  /// The numbers of the first version in a text: 4, 1, 4 of "Open MPI v4.1.4".
  private static func numbers(_ text: String) -> [Int] {
    let version = text.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }
    return version.split(separator: ".").compactMap { Int($0) }
  }
}
