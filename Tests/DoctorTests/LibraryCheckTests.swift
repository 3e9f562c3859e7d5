import Testing

@testable import Doctor

@Suite struct LibraryCheckTests {
  private func findings(_ libraries: String..., compiled: String = "4.1.4") -> [Finding] {
    LibraryCheck.verdict(libraries.map { RankFacts(host: "n1", library: $0) }, compiled: compiled).findings
  }

  @Test func theSameAndNewerMinorVersionsAreFine() {
    #expect(findings("Open MPI v4.1.4", "Open MPI v4.1.4").isEmpty)
    #expect(findings("Open MPI v4.1.2").isEmpty)
    #expect(findings("Open MPI v4.2.0").isEmpty)
  }

  @Test func anOlderMinorVersionIsAWarning() {
    #expect(findings("Open MPI v4.0.9").map(\.severity) == [.warning])
  }

  @Test(arguments: ["Open MPI v5.0.1", "Open MPI v3.1.4", "MPICH Version: 4.1.4"])
  func anotherLibraryIsAnError(_ library: String) {
    #expect(findings(library).map(\.severity) == [.error(.mismatch)])
  }

  @Test func ranksWithOthersAreNamed() {
    let found = findings("Open MPI v4.1.4", "Open MPI v4.1.5", "Open MPI v4.1.5")
    #expect(found.map(\.what) == ["ranks 1 and 2: Open MPI v4.1.5 on n1; rank 0: Open MPI v4.1.4 on n1"])
  }
}
