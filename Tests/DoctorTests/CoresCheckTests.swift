import Testing

@testable import Doctor

@Suite struct CoresCheckTests {
  /// Ranks of one host with 8 cores, by the cores they are bound to.
  private func ranks(_ cores: [Int]..., of machine: Int = 8, yields: Bool = true) -> [RankFacts] {
    cores.map { RankFacts(host: "n1", cores: $0, machineCores: machine, yields: yields) }
  }

  private func findings(_ ranks: [RankFacts]) -> [String] { CoresCheck.verdict(ranks).findings.map(\.what) }

  @Test func coresOfTheirOwnAreFine() {
    #expect(findings(ranks([0], [1], [2])).isEmpty)
    #expect(findings(ranks([0, 1], [0, 1], [2, 3], [2, 3])).isEmpty)
    #expect(CoresCheck.verdict(ranks([0], [1])).summary == "n1: 2 ranks, each with a core of its own")
  }

  /// More ranks than the machine has cores is a choice; the program sees to it that they yield.
  @Test func aFullMachineIsFine() {
    #expect(findings(ranks([0], [0], [1], [1], of: 2)).isEmpty)  // one on each thread of two cores
    #expect(findings(ranks([0, 1], [0, 1], [0, 1], of: 2)).isEmpty)
  }

  @Test func ranksOnOneCoreAreNamed() {
    #expect(findings(ranks([0], [3], [3])) == ["ranks 1 and 2 share core 3 of n1, which has 8"])
    #expect(findings(ranks([1], [1], [2], [2])).count == 2)
  }

  /// As a batch system gives a job of three ranks two cores of a node.
  @Test func aJobWithTooFewCoresIsNamed() {
    #expect(findings(ranks([4, 5], [4, 5], [4, 5])) == ["ranks 0 to 2 share cores 4, 5 of n1, which has 8"])
    #expect(findings(ranks([4], [4, 5], [5])) == ["ranks 0 to 2 share cores 4, 5 of n1, which has 8"])
  }

  @Test func hostsAreToldApart() {
    var two = ranks([0], [0])
    two[1].host = "n2"
    #expect(findings(two).isEmpty)
  }

  @Test func ranksThatSpinAreNamedWhereCoresAreFew() {
    let spinning = ranks([0, 1], [0, 1], [0, 1], of: 2, yields: false)
    #expect(
      YieldingCheck.verdict(spinning).findings.map(\.what) == [
        "n1 has 2 cores for 3 ranks, and ranks 0 to 2 keep their core while waiting"
      ])
    #expect(YieldingCheck.verdict(ranks([0], [1], yields: false)).findings.isEmpty)
    #expect(YieldingCheck.verdict(ranks([0, 1], [0, 1], [0, 1], of: 2)).findings.isEmpty)
  }

  @Test(arguments: [
    ([:], false), (["OMPI_MCA_mpi_yield_when_idle": "1"], true), (["OMPI_MCA_mpi_oversubscribe": "1"], true),
    (["OMPI_MCA_mpi_yield_when_idle": "0", "OMPI_MCA_mpi_oversubscribe": "1"], false),
  ])
  func settingsOfYieldingAreRead(environment: [String: String], yields: Bool) {
    #expect(RankFacts.yields(environment) == yields)
  }
}
