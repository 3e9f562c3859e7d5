import FoundationEssentials
import Glibc

/// How much memory there is for this process and its like.
public enum MachineMemory {
  /// The machine's memory, or what the container, the batch job or the shell lets this process have of it, in bytes.
  public static let bytes = min(
    sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)), limit(root: "") ?? .max, addressSpace ?? .max)

  /// What this process can still take, in bytes: what is left of its share, and what its limits leave.
  public static var available: Int {
    max(0, min(share.bytes - (residentBytes - share.resident), addressSpace.map { $0 - addressSpaceInUse } ?? .max))
  }

  /// Settles this process' share of what is free on the machine; call it before it or another of the job takes any.
  public static func settleShare() { _ = share }

  /// The share, and what this process had when it was settled: what others of the job take later is of theirs.
  private static let share: (bytes: Int, resident: Int) = {
    let free = contents("/proc/meminfo").flatMap { Self.free(inMemoryInformation: $0) } ?? Int.max
    return (min(free, bytes) / processesOfJob, residentBytes)
  }()

  /// Why so many bytes cannot be had, for an error that says whose they are; nil if they can, or are few.
  ///
  /// What a file claims takes no memory before this is asked: a few compressed bytes can stand for terabytes, and a request
  /// that the system refuses ends the process.
  public static func shortage(of byteCount: Int) -> String? {
    guard byteCount >= 1 << 26 else { return nil }
    let available = available
    guard byteCount > available else { return nil }
    return "it takes \(Text.byteCount(byteCount)) of memory, and this process can have \(Text.byteCount(available))"
  }

  /// What the shell's `ulimit -v` lets this process have in all; nil for no limit.
  ///
  /// The corresponding C function is `getrlimit`.
  private static var addressSpace: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    return limit.rlim_cur > UInt64(Int.max) ? nil : Int(limit.rlim_cur)
  }

  /// What counts for that limit already.
  private static var addressSpaceInUse: Int { memoryInUse(0) }

  /// What is in memory of this process' own; what it shares with others of the job counts for none of them.
  private static var residentBytes: Int { memoryInUse(1) - memoryInUse(2) }

  /// One of the numbers of `/proc/self/statm`, in bytes.
  private static func memoryInUse(_ field: Int) -> Int {
    let pages = contents("/proc/self/statm")?.split(separator: " ").dropFirst(field).first.flatMap { Int($0) } ?? 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The ranks of the job on this machine, as the launcher says it; they share what there is.
  private static let processesOfJob: Int = {
    let names: [String] = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "PMI_LOCAL_SIZE"]
    let counts = names.compactMap { name in getenv(name).flatMap { Int(String(cString: $0)) } }
    return counts.first { $0 > 0 } ?? 1
  }()

  /// What `/proc/meminfo` says can be had without swapping, in bytes.
  static func free(inMemoryInformation text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  /// The lowest limit of the control groups that this process is in, of version 2 or 1; nil if there is none.
  ///
  /// A batch system limits a group deep down, a container sees its own as the topmost: all on the way up are asked.
  ///
  /// - Parameter root: what stands before `/proc` and `/sys`, for tests.
  static func limit(root: String) -> Int? {
    let groups = contents("\(root)/proc/self/cgroup")?.split(separator: "\n") ?? []
    var limits: [Int] = []
    for group in groups {
      // `0::/user.slice/job`, or `4:memory:/slurm/job_7`
      let fields = group.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("memory") else { continue }
      let (top, name) =
        isUnified ? ("sys/fs/cgroup", "memory.max") : ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
      var path = fields[2].split(separator: "/")
      while true {
        let folder = (["\(root)/\(top)"] + path.map(String.init)).joined(separator: "/")
        if let text = contents("\(folder)/\(name)"), let limit = Int(text.filter { !$0.isWhitespace }) {
          limits.append(limit)
        }
        guard !path.isEmpty else { break }
        path.removeLast()
      }
    }
    return limits.min()
  }

  private static func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
