import Testing

@testable import Doctor

@Suite struct ClockCheckTests {
  /// The quickest exchange decides: the other one waited on its way back.
  @Test func offsetIsThatOfTheQuickestExchange() {
    let exchanges = [(sent: 10.0, answered: 110.5, received: 19.0), (sent: 20.0, answered: 120.25, received: 20.5)]
    #expect(ClockCheck.offset(exchanges) == 100)
  }

  @Test func hostsBeyondASecondAreNamed() {
    let verdict = ClockCheck.verdict(hosts: ["n1", "n2", "n3"], offsets: [0, 0.9, -90])
    #expect(verdict.findings.map(\.what) == ["the clock of n3 is 1 min 30 s behind that of n1"])
    #expect(ClockCheck.verdict(hosts: ["n1", "n2"], offsets: [0, 0.0015]) == Verdict("2 hosts, within 1.5 ms"))
  }
}
