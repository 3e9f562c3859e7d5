/// Whether all ranks compute with the same oneDNN, for the same instruction set.
enum KernelsCheck: Check {
  static let name = "kernels"
  static let isQuick = true

  static func examine(_ site: Site) throws -> Verdict { verdict(site.ranks) }

  static func verdict(_ ranks: [RankFacts]) -> Verdict {
    var findings: [Finding] = []
    let olds = ranks.indices.filter { ranks[$0].oneDNN != ranks[0].oneDNN }
    if let rank = olds.first {
      findings.append(
        .error(
          .mismatch,
          "\(RankNames.text(olds)) (\(ranks[rank].host)): oneDNN \(ranks[rank].oneDNN); rank 0 (\(ranks[0].host)): "
            + ranks[0].oneDNN,
          why: "each version computes other bits, so the result would depend on the number of ranks",
          cure: "install the same libdnnl on every host, or start on hosts that have it"))
    }
    let odd = ranks.indices.filter { ranks[$0].instructionSet != ranks[0].instructionSet }
    if let rank = odd.first {
      let sets = ranks.map(\.instructionSet)
      findings.append(
        .error(
          .mismatch,
          "\(RankNames.text(odd)) (\(ranks[rank].host)): \(sets[rank]); rank 0 (\(ranks[0].host)): \(sets[0])",
          why: "each instruction set computes other bits, so the result would depend on the number of ranks",
          cure: limit(Set(sets)).map { "take what all have: mpirun -x ONEDNN_MAX_CPU_ISA=\($0) …" }
            ?? "start on hosts of one kind: sbatch --constraint …"))
    }
    return Verdict("oneDNN \(ranks[0].oneDNN), \(ranks[0].instructionSet)", findings)
  }

  /// oneDNN's names for the sets it can be limited to, the smallest first.
  private static let limits = [
    ("SSE4.1", "SSE41"), ("AVX", "AVX"), ("AVX2", "AVX2"), ("AVX2 VNNI", "AVX2_VNNI"), ("AVX-512", "AVX512_CORE"),
    ("AVX-512 VNNI", "AVX512_CORE_VNNI"), ("AVX-512 BF16", "AVX512_CORE_BF16"), ("AVX-512 AMX", "AVX512_CORE_AMX"),
  ]

  /// The limit that makes all of these sets the smallest of them; nil if one is unknown.
  static func limit(_ sets: Set<String>) -> String? {
    guard sets.isSubset(of: Set(limits.map(\.0))) else { return nil }
    return limits.first { sets.contains($0.0) }?.1
  }
}
