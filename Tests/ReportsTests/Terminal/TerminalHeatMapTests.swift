import Testing

@testable import Reports

@Suite struct TerminalHeatMapTests {
  private let values = ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "1", "10"]

  /// Seven by seven cells, 0.00 at the upper left and 0.96 at the lower right.
  private func map(deviation: Double? = nil) -> HeatMap {
    let cells = (0..<7).map { row in
      (0..<7).map { column in
        let accuracy = Double(row * 7 + column) * 0.02
        let numbers = deviation.map { [accuracy - $0, accuracy, accuracy + $0] } ?? [accuracy]
        return HeatMap.Cell(
          spread: (row, column) == (3, 6) ? nil : Spread(numbers),
          marks: (row, column) == (3, 6) ? "F" : (row, column) == (0, 0) ? "D" : "", isBest: (row, column) == (6, 6))
      }
    }
    return HeatMap(
      name: "a", title: "Test accuracy", rows: .init(title: "learning rate η", labels: values),
      columns: .init(title: "L2 λ", labels: values), cells: cells, measure: Measure(for: []),
      scale: ColorScale([0, 0.96], higherIsBrighter: true))
  }

  private func text(_ map: HeatMap, width: Int, colors: TerminalColors = .none) throws -> String {
    try #require(TerminalHeatMap(map, width: width, colors: colors).lines).joined(separator: "\n")
  }

  @Test func inEightyColumns() throws {
    #expect(
      try text(map(), width: 80) == """
        Test accuracy: learning rate η down, L2 λ across
               10⁻⁵     10⁻⁴     10⁻³     10⁻²     10⁻¹       1       10
        10⁻⁵  0.000 D  0.020    0.040    0.060    0.080    0.100    0.120
        10⁻⁴  0.140    0.160    0.180    0.200    0.220    0.240    0.260
        10⁻³  0.280    0.300    0.320    0.340    0.360    0.380    0.400
        10⁻²  0.420    0.440    0.460    0.480    0.500    0.520       F
        10⁻¹  0.560    0.580    0.600    0.620    0.640    0.660    0.680
           1  0.700    0.720    0.740    0.760    0.780    0.800    0.820
          10  0.840    0.860    0.880    0.900    0.920    0.940    0.960*
        * best  D diverged  F failed
        """)
  }

  @Test func inFortyColumns() throws {
    #expect(
      try text(map(), width: 40) == """
        Test accuracy
        learning rate η down, L2 λ across
             10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹   1   10
        10⁻⁵ .00D .02  .04  .06  .08  .10  .12
        10⁻⁴ .14  .16  .18  .20  .22  .24  .26
        10⁻³ .28  .30  .32  .34  .36  .38  .40
        10⁻² .42  .44  .46  .48  .50  .52    F
        10⁻¹ .56  .58  .60  .62  .64  .66  .68
           1 .70  .72  .74  .76  .78  .80  .82
          10 .84  .86  .88  .90  .92  .94  .96*
        * best  D diverged  F failed
        """)
  }

  @Test func withDeviations() throws {
    let lines = try text(map(deviation: 0.01), width: 80).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[2] == "10⁻⁵   0.000 D   0.020     0.040     0.060     0.080     0.100     0.120")
    #expect(lines[3] == "      ±0.010    ±0.010    ±0.010    ±0.010    ±0.010    ±0.010    ±0.010")
  }

  @Test func inPanelsWhereItIsNarrow() throws {
    let lines = try text(map(), width: 20).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 20 }, "\(lines)")
    #expect(lines.count { $0.isEmpty } == 2)
  }

  @Test func inColours() throws {
    let map = map()
    let all = try text(map, width: 80, colors: .all)
    #expect(all.contains("\u{1B}[48;2;253;231;37;38;2;0;0;0m"))
    #expect(all.contains("\u{1B}[48;2;68;1;84;38;2;255;255;255m"))
    #expect(try text(map, width: 80, colors: .indexed).contains("\u{1B}[48;5;"))
    let plain = all.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(separator: "\n").map {
      $0.replacing(/[ ]+$/, with: "")
    }
    #expect(plain.joined(separator: "\n") == (try text(map, width: 80)))
  }

  @Test func noMapOfThousands() {
    var map = map()
    map.rows.labels = (0..<41).map { "\($0)" }
    #expect(TerminalHeatMap(map, width: 80, colors: .none).lines == nil)
  }

  @Test(
    arguments: [
      ([:], true, TerminalColors.indexed), (["COLORTERM": "truecolor"], true, .all),
      (["COLORTERM": "24bit"], true, .all),
      (["COLORTERM": "truecolor"], false, .none), (["COLORTERM": "truecolor", "NO_COLOR": "1"], true, .none),
      (["NO_COLOR": ""], true, .indexed), (["TERM": "dumb"], true, .none),
    ] as [([String: String], Bool, TerminalColors)])
  func colorsAreWhatTheTerminalHas(environment: [String: String], isTerminal: Bool, colors: TerminalColors) {
    #expect(TerminalColors.chosen(isTerminal: isTerminal) { environment[$0] } == colors)
  }
}
