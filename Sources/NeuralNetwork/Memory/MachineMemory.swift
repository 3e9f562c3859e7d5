import Numerics

/// The memory of the machine: what is asked for beyond it is a mistake in a model, and to be said as one.
enum MachineMemory {
  /// All of it that this process may have, in bytes.
  static var bytes: Double { Double(Numerics.MachineMemory.bytes) }

  /// The number in GiB, for messages.
  static func gibibytes(_ bytes: Double) -> Int { bytes < 0x1p60 ? Int((bytes / 0x1p30).rounded()) : 1 << 30 }
}
