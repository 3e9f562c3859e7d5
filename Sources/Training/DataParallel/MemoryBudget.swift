import MPI
import Numerics

/// How much memory this rank may use for samples.
public struct MemoryBudget {
  /// This rank's share, in bytes.
  public let bytesPerRank: Int
  /// The ranks of this rank's machine, which can share memory.
  let node: Communicator

  /// Takes what the settings say, or else half of what the machine has, or a job's or container's limit, divided by the ranks on it.
  ///
  /// Collective: every rank of `world` must call this.
  public init(_ setting: ByteCount?, on world: Communicator) throws(MPIError) {
    node = try world.splitBySharedMemory()
    bytesPerRank = try node.allreduce(minimum: setting?.bytes ?? MachineMemory.bytes / 2 / node.size)
  }
}
