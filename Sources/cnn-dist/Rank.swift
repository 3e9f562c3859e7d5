import Foundation
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
  static let count = Launch(ProcessInfo.processInfo.environment)?.processCount ?? 1

  /// Whether mpirun has started others.
  static let hasOthers: Bool = {
    guard let text = getenv("OMPI_COMM_WORLD_SIZE"), let size = Int(String(cString: text)) else { return false }
    return size > 1
  }()

  /// `[rank 3] ` where there are several ranks.
  static var prefix: String { hasOthers ? "[rank \(ofThisProcess)] " : "" }

  /// The same, but nothing for rank 0, where it speaks for all.
  static var prefixOfOthers: String { ofThisProcess > 0 ? prefix : "" }
}
