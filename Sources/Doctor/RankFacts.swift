import FoundationEssentials
import Glibc
import MPI
import OneDNN
import Training

/// What a rank knows about itself, and all others are told.
struct RankFacts: Codable, Sendable, Equatable {
  /// The machine's name.
  var host = ""
  /// The MPI library that is loaded.
  var library = ""
  /// The version of the program.
  var version = ""
  /// What tells the program's file from others on this machine: device, number, size, time of change.
  var file = ""
  /// The version of oneDNN.
  var oneDNN = ""
  /// The instruction set of its kernels.
  var instructionSet = ""
  /// The cores that this rank may use, each by the number of its first thread.
  var cores: [Int] = []
  /// The cores that the machine has.
  var machineCores = 1
  /// Whether it gives up its core while it waits for others.
  var yields = true

  /// Those of this process.
  static func ofThisProcess() -> RankFacts {
    let platform = Checkpoint.Platform.current
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let machine = PhysicalCores()
    return RankFacts(
      host: hostName(), library: Environment.libraryVersion, version: platform.program, file: programFile(),
      oneDNN: platform.oneDNN, instructionSet: platform.instructionSet,
      cores: machine.cores(of: AllowedCores.ofThisProcess ?? Array(0..<processors)),
      machineCores: machine.count(processors: processors),
      yields: yields(ProcessInfo.processInfo.environment))
  }

  /// The corresponding C function is `gethostname`.
  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func programFile() -> String {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return "" }
    return "\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
  }

  /// Whether Open MPI gives up the core: it was told to, or mpirun knows that there are more ranks than cores.
  static func yields(_ environment: [String: String]) -> Bool {
    let setting = environment["OMPI_MCA_mpi_yield_when_idle"] ?? environment["OMPI_MCA_mpi_oversubscribe"] ?? "0"
    return !["0", "false", "no"].contains(setting.lowercased())
  }
}

/// Ranks and hosts as messages name them.
enum RankNames {
  /// `rank 3`, `ranks 0 and 1`, `ranks 0, 2 and 5`, `ranks 0 to 7`.
  static func text(_ ranks: [Int]) -> String {
    guard let first = ranks.first, let last = ranks.last, ranks.count > 1 else { return "rank \(ranks.first ?? 0)" }
    if ranks.count > 2, last - first + 1 == ranks.count { return "ranks \(first) to \(last)" }
    return "ranks \(ranks.dropLast().map(String.init).joined(separator: ", ")) and \(last)"
  }

  /// `1 core`, `2 cores`.
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
