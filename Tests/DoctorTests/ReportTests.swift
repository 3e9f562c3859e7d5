import Testing

@testable import Doctor

@Suite struct ReportTests {
  private let report = Report(entries: [
    ("mpi", Verdict("Open MPI v4.1.4")),
    (
      "clocks",
      Verdict(
        "two hosts",
        [
          .warning(
            "the clock of n2 is 5 s ahead",
            why: "deadlines pass at the wrong time, and so on and on and on for a long line", cure: "set it")
        ])
    ),
  ])

  @Test func textIsNarrow() {
    #expect(
      "\(report)" == """
        ok       mpi      Open MPI v4.1.4
        warning  clocks   the clock of n2 is 5 s ahead
                 why      deadlines pass at the wrong time, and so on and on and on for
                          a long line
                 cure     set it
        """)
  }

  @Test func warningsAreNoError() {
    #expect(report.error == nil)
    let finding = Finding.error(.files, "the disk is full", why: "it is", cure: "free some")
    let bad = Report(entries: report.entries + [("disk", Verdict("", [finding]))])
    #expect(bad.error?.findings == [finding])
    #expect(bad.error?.failure == .files)
  }

  @Test(arguments: [
    ([3], "rank 3"), ([0, 1], "ranks 0 and 1"), ([0, 2, 5], "ranks 0, 2 and 5"), ([4, 5, 6], "ranks 4 to 6"),
  ])
  func ranksAreNamed(ranks: [Int], text: String) {
    #expect(RankNames.text(ranks) == text)
  }
}
