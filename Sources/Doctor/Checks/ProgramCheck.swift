import Checksums
import FoundationEssentials

/// Whether all ranks run the same program, byte for byte.
enum ProgramCheck: Check {
  static let name = "program"
  static let isQuick = true

  static func examine(_ site: Site) throws -> Verdict {
    // Each file is read once, by the first rank that runs it, and none if there is but one.
    let files = site.ranks.map { "\($0.host) \($0.file)" }
    let readers = files.map { files.firstIndex(of: $0) ?? 0 }
    guard Set(readers).count > 1 else { return verdict(site.ranks, hashes: files.map { _ in "" }) }
    let hashes = try site.gather(readers[site.world.rank] == site.world.rank ? hash() : "")
    return verdict(site.ranks, hashes: readers.map { hashes[$0] })
  }

  /// Compares versions, and the hashes of the programs' files.
  static func verdict(_ ranks: [RankFacts], hashes: [String]) -> Verdict {
    let odd = ranks.indices.filter { hashes[$0] != hashes[0] || ranks[$0].version != ranks[0].version }
    let summary = "cnn-dist \(ranks[0].version)" + (ranks.count > 1 ? ", the same on every rank" : "")
    guard let rank = odd.first else { return Verdict(summary) }
    return Verdict(
      summary,
      [
        .error(
          .mismatch,
          "\(RankNames.text(odd)) (\(ranks[rank].host)): another program than that of rank 0 (\(ranks[0].host))",
          why: "two builds may compute different bits, and may not understand each other's messages",
          cure: "copy one build to all hosts, or start one on a shared file system: mpirun /shared/cnn-dist …")
      ])
  }

  /// The hash of this process' file; empty if it cannot be read, as on no other rank then.
  private static func hash() -> String {
    guard let bytes = try? Data(contentsOf: URL(filePath: "/proc/self/exe"), options: .alwaysMapped) else { return "" }
    return String(bytes.withUnsafeBytes { hash64(of: $0) }, radix: 16)
  }
}
