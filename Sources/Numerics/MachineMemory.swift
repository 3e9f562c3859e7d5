import FoundationEssentials
import Glibc

/// How much memory there is for this process and its like.
public enum MachineMemory {
  /// The machine's memory, or what the container or the batch job may have of it, in bytes.
  public static let bytes = min(
    sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)), limit(root: "") ?? .max)

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
