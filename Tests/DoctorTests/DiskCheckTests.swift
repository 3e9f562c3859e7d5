import Foundation
import TestSupport
import Testing

@testable import Doctor

@Suite struct DiskCheckTests {
  @Test func checkpointsThatFitAreFine() {
    #expect(DiskCheck.verdict(needed: 100, count: 6, free: 600, "runs").findings.isEmpty)
  }

  @Test func checkpointsThatDoNotFitAreAnError() {
    let findings = DiskCheck.verdict(needed: 100_000, count: 6, free: 599_999, "runs").findings
    #expect(findings.map(\.what) == ["runs has 600.0 kB free, 6 checkpoints of 100.0 kB do not fit"])
    #expect(findings.map(\.severity) == [.error(.files)])
  }

  /// A run that is resumed has some of them already.
  @Test func checkpointsThatAreThere() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] { try Data(count: 1_000).write(to: URL(filePath: folder(name))) }
    #expect(DiskCheck.bytes(of: folder.path) == 2_000)
    #expect(DiskCheck.bytes(of: folder("none")) == 0)
  }

  @Test func absurdNumbersAreNoCrash() {
    #expect(DiskCheck.verdict(needed: 1 << 50, count: .max, free: 1, "runs").findings.count == 1)
  }

  @Test func foldersAreFoundAbove() {
    #expect(ExistingFolder.above("/tmp/no/such/folder") == "/tmp")
    #expect(ExistingFolder.above("no-such-folder/run") == ".")
    #expect(ExistingFolder.above("/no-such-folder") == "/")
  }
}
