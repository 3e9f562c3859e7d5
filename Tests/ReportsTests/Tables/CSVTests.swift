import Testing

@testable import Reports

@Suite struct CSVTests {
  @Test func quotesWhatHasToBe() {
    let table = CSV(header: ["a", "b,c"], rows: [["say \"no\"", "two\nlines"], ["<script>", "ü "]])
    #expect(table.text == "a,\"b,c\"\n\"say \"\"no\"\"\",\"two\nlines\"\n<script>,ü \n")
  }

  @Test func numbersHaveAllTheirDigits() {
    #expect(
      [1e-05, 0.1 + 0.2, 3, -0.5, 1e300, .nan, .infinity, nil].map(CSV.field)
        == ["1e-05", "0.30000000000000004", "3", "-0.5", "1e+300", "", "", ""])
  }
}
