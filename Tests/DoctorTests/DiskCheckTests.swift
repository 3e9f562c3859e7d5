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

  @Test func absurdNumbersAreNoCrash() {
    #expect(DiskCheck.verdict(needed: 1 << 50, count: .max, free: 1, "runs").findings.count == 1)
  }

  @Test func foldersAreFoundAbove() {
    #expect(ExistingFolder.above("/tmp/no/such/folder") == "/tmp")
    #expect(ExistingFolder.above("no-such-folder/run") == ".")
    #expect(ExistingFolder.above("/no-such-folder") == "/")
  }
}
