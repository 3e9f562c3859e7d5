import Glibc

/// The cores that this process may run on.
public enum ProcessorCores {
  /// How many there are: those of the machine, or fewer if a launcher or `taskset` binds the process to some.
  ///
  /// `ProcessInfo.activeProcessorCount` is the machine's, and Swift does not see `sched_getaffinity`; the kernel says the
  /// same in /proc/self/status, as a mask in hexadecimal digits.
  public static let available: Int = {
    let machine = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    guard let file = fopen("/proc/self/status", "re") else { return machine }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0 {
      guard let text = line.map({ String(cString: $0) }), text.hasPrefix("Cpus_allowed:") else { continue }
      let count = text.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
      return count > 0 ? min(count, machine) : machine
    }
    return machine
  }()
}
