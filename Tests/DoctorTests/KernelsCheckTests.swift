import Testing

@testable import Doctor

@Suite struct KernelsCheckTests {
  private let alike = [RankFacts](
    repeating: RankFacts(host: "n1", oneDNN: "2.6.3", instructionSet: "AVX-512 VNNI"), count: 3)

  @Test func alikeIsFine() {
    #expect(KernelsCheck.verdict(alike) == Verdict("oneDNN 2.6.3, AVX-512 VNNI"))
  }

  @Test func theOddRankItsHostAndTheLimitAreNamed() throws {
    var ranks = alike
    ranks[2].host = "n2"
    ranks[2].instructionSet = "AVX2"
    let finding = try #require(KernelsCheck.verdict(ranks).findings.first)
    #expect(finding.severity == .error(.mismatch))
    #expect(finding.what == "rank 2 (n2): AVX2; rank 0 (n1): AVX-512 VNNI")
    #expect(finding.cure.contains("ONEDNN_MAX_CPU_ISA=AVX2 "))
  }

  @Test func anotherOneDNNIsNamed() throws {
    var ranks = alike
    ranks[1].oneDNN = "3.2.0"
    let finding = try #require(KernelsCheck.verdict(ranks).findings.first)
    #expect(finding.what == "rank 1 (n1): oneDNN 3.2.0; rank 0 (n1): 2.6.3")
  }

  @Test(arguments: [
    (["AVX-512 AMX", "AVX-512"], "AVX512_CORE"), (["AVX2", "SSE4.1"], "SSE41"), (["AVX2", "ISA 77"], nil),
  ])
  func theLimitIsTheSmallestSet(sets: [String], limit: String?) {
    #expect(KernelsCheck.limit(Set(sets)) == limit)
  }
}
