import Testing

@testable import Doctor

@Suite struct StoreCheckTests {
  private let ranks = ["n1", "n1", "n2"].map { RankFacts(host: $0) }

  private func findings(_ sights: StoreCheck.Sight...) -> [Finding] {
    StoreCheck.verdict(sights, ranks, "store.h5").findings
  }

  @Test func oneStoreIsFine() {
    let sight = StoreCheck.Sight(fingerprint: "a")
    #expect(findings(sight, sight, sight).isEmpty)
  }

  @Test func aHostWithAnotherStoreIsNamed() {
    let found = findings(.init(fingerprint: "a"), .init(fingerprint: "a"), .init(fingerprint: "b"))
    #expect(found.map(\.what) == ["rank 2 (n2): another store than rank 0 (n1) by the path store.h5"])
  }

  @Test func aHostWithoutTheStoreIsNamed() {
    let found = findings(
      .init(fingerprint: "a"), .init(fingerprint: "a"), .init(problem: "no such file", failure: .missing))
    #expect(found.map(\.what) == ["rank 2 (n2) cannot use the store: no such file"])
    #expect(found.map(\.severity) == [.error(.missing)])
    #expect(found[0].cure.contains("all hosts share"))
  }
}
