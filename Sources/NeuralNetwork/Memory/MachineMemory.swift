import Glibc

/// The memory of the machine: what is asked for beyond it is a mistake in a model, and to be said as one.
enum MachineMemory {
  /// All of it, in bytes.
  ///
  /// The corresponding C function is `sysconf`.
  static var bytes: Double { Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE))) }

  /// The number in GiB, for messages.
  static func gibibytes(_ bytes: Double) -> Int { Int((bytes / 0x1p30).rounded()) }
}
