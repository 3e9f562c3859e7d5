import Testing

@testable import Training

@Suite struct ConfusionTableTests {
  @Test func columnsAreAsWideAsTheyMustBe() {
    #expect(
      ConfusionTable.lines([[12, 0, 3], [0, 100, 0], [1, 0, 7]], classNames: ["cat", "aeroplane of old"]) == [
        "true \\ predicted  cat  aeroplane of old  2",
        "cat                12                 0  3",
        "aeroplane of old    0               100  0",
        "2                   1                 0  7",
      ])
  }
}
