import Glibc
import MPI

/// Which rank this process is, also before MPI runs and after it has failed: its launcher says so.
enum Rank {
  static let ofThisProcess: Int = {
    for name in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"] {
      if let text = getenv(name), let rank = Int(String(cString: text)) { return rank }
    }
    return 0
  }()

  /// How many ranks there are, as the launcher says it; 1 if it does not.
  static let count: Int = getenv("OMPI_COMM_WORLD_SIZE").flatMap { Int(String(cString: $0)) } ?? 1

  /// Whether the job has other ranks.
  static var hasOthers: Bool { count > 1 }

  /// `[rank 3] ` where there are several ranks.
  static var prefix: String { hasOthers ? "[rank \(ofThisProcess)] " : "" }

  /// The same, but nothing for rank 0, where it speaks for all.
  static var prefixOfOthers: String { ofThisProcess > 0 ? prefix : "" }
}
