import Testing

@testable import Reports

@Suite struct NumberLabelTests {
  @Test(arguments: [
    (1e-05, "10⁻⁵"), (0.00032, "3.2·10⁻⁴"), (0.001, "0.001"), (0.05, "0.05"), (0, "0"), (-2.5, "-2.5"), (100, "100"),
    (12345, "12345"), (1.5e7, "1.5·10⁷"), (-1e6, "-10⁶"), (9.9999e-05, "10⁻⁴"), (1e300, "10³⁰⁰"), (.infinity, "∞"),
  ])
  func ofThreeDigits(number: Double, label: String) {
    #expect(NumberLabel.text(number, digits: 3) == label)
  }

  @Test func anAxisOfPowers() {
    #expect(
      NumberLabel.labels([1e-05, 0.001, 0.1, 1, 10], inPowers: true) == ["10⁻⁵", "10⁻³", "10⁻¹", "1", "10"])
  }

  @Test func whatDiffersHasOtherLabels() {
    #expect(NumberLabel.labels([0.12341, 0.12342]) == ["0.12341", "0.12342"])
    #expect(NumberLabel.labels([16, 1024, 0.95]) == ["16", "1024", "0.95"])
  }
}
