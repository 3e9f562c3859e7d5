import Foundation
import TestSupport
import Testing

@testable import Doctor

/// Cores and their threads, from files as the kernel has them.
@Suite struct PhysicalCoresTests {
  /// A machine of four cores with two threads each: 0 and 4 are one core, and so on.
  private func machine(active: String) throws -> PhysicalCores {
    let folder = try TemporaryFolder()
    func write(_ text: String, _ name: String) throws {
      let file = URL(filePath: folder(name))
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("\(text)\n".utf8).write(to: file)
    }
    try write(active, "smt/active")
    try write("0-7", "online")
    for thread in 0..<8 { try write("\(thread % 4),\(thread % 4 + 4)", "cpu\(thread)/topology/thread_siblings_list") }
    return PhysicalCores(folder.path)
  }

  @Test func threadsOfACore() throws {
    let machine = try machine(active: "1")
    #expect(machine.count(processors: 8) == 4)
    #expect(
      machine.cores(of: [1, 5]) == [1] && machine.cores(of: [4]) == [0] && machine.cores(of: [0, 1, 6]) == [0, 1, 2])
  }

  @Test func withoutThreads() throws {
    let machine = try machine(active: "0")
    #expect(machine.count(processors: 8) == 8 && machine.cores(of: [4, 5]) == [4, 5])
    #expect(PhysicalCores("/none").count(processors: 2) == 2)
  }
}
