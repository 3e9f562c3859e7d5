import Foundation
import Testing

@testable import Numerics

@Suite struct MachineMemoryTests {
  /// The limit in a tree of files like that of the kernel.
  private func limit(_ files: [String: String]) throws -> Int? {
    let root = FileManager.default.temporaryDirectory.appending(path: "memory-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return MachineMemory.limit(root: root.path(percentEncoded: false))
  }

  /// What no machine has is refused before it is asked for; a little is never looked into.
  @Test func whatCannotBeHadIsSaid() {
    #expect(MachineMemory.shortage(of: .max)?.contains("of memory, and this process can have ") == true)
    #expect(MachineMemory.shortage(of: 1 << 20) == nil)
    #expect(MachineMemory.available <= MachineMemory.bytes)
    #expect(MachineMemory.free(inMemoryInformation: "MemTotal: 9 kB\nMemAvailable:   7 kB\n") == 7 << 10)
  }

  @Test func aJobUnderVersion2() throws {
    let files = [
      "proc/self/cgroup": "0::/system.slice/slurmd/job_7/step_0\n",
      "sys/fs/cgroup/system.slice/slurmd/job_7/memory.max": "4294967296\n",
      "sys/fs/cgroup/system.slice/slurmd/job_7/step_0/memory.max": "max\n",
    ]
    #expect(try limit(files) == 4 << 30)
  }

  @Test func aJobUnderVersion1() throws {
    let files = [
      "proc/self/cgroup": "5:cpu,cpuacct:/slurm\n4:memory:/slurm/uid_0/job_7\n0::/other\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/memory/slurm/uid_0/job_7/memory.limit_in_bytes": "1073741824\n",
    ]
    #expect(try limit(files) == 1 << 30)
  }

  /// A container sees its own group as the topmost.
  @Test func aContainer() throws {
    #expect(try limit(["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "536870912\n"]) == 512 << 20)
  }

  @Test func noLimit() throws {
    #expect(try limit([:]) == nil)
    #expect(try limit(["proc/self/cgroup": "0::/\nnonsense\n", "sys/fs/cgroup/memory.max": "max"]) == nil)
    #expect(MachineMemory.bytes > 1 << 20)
  }
}
