import FoundationEssentials
import Glibc
import MPI

/// How much memory this rank may use for samples.
public struct MemoryBudget {
  /// This rank's share, in bytes.
  public let bytesPerRank: Int
  /// The ranks of this rank's machine, which can share memory.
  let node: Communicator

  /// Takes what the settings say, or else half of what the machine has, divided by the ranks on it.
  ///
  /// Collective: every rank of `world` must call this.
  public init(_ setting: ByteCount?, on world: Communicator) throws(MPIError) {
    node = try world.splitBySharedMemory()
    bytesPerRank = try node.allreduce(minimum: setting?.bytes ?? Self.machineBytes / 2 / node.size)
  }

  /// The memory of the machine, or of the container or job that this process is confined to, in bytes.
  ///
  /// The corresponding C function is `sysconf`; the limits are those of control groups of version 2 and 1.
  static var machineBytes: Int {
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int($0.filter { !$0.isWhitespace }) }
    }
    let physical = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    return min(physical, limits.min() ?? .max)
  }
}
