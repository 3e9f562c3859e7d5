import Numerics
import Testing

@Suite struct TextTests {
  @Test(arguments: [
    (0.12345, 4, "0.1235"), (-0.004, 2, "-0.00"), (1234.5, 1, "1234.5"), (0, 0, "0"), (99.95, 1, "100.0"),
    (7, 3, "7.000"), (.infinity, 2, "inf"), (.nan, 2, "nan"),
  ])
  func fixedDecimals(number: Double, decimals: Int, text: String) { #expect(Text.fixed(number, decimals) == text) }

  @Test(arguments: [
    (0.04, "0.0 s"), (9.94, "9.9 s"), (12.3, "12 s"), (125, "2 min 5 s"), (10_920, "3 h 2 min"), (-1, "?"), (.nan, "?"),
    (1e300, "?"),
  ])
  func durations(seconds: Double, text: String) { #expect(Text.duration(seconds) == text) }

  @Test(arguments: [
    (1, "class", "1 class"), (2, "class", "2 classes"), (0, "epoch", "0 epochs"), (1_000, "step", "1,000 steps"),
  ])
  func numbersOfThings(number: Int, noun: String, text: String) { #expect(Text.count(number, noun) == text) }

  /// Words stay whole, and a label in the margin stays with its text.
  @Test func linesOfAWidth() {
    #expect(
      Text.wrapped("store   a.h5: 1,437 train, 360 test", to: 20, indent: 8) == [
        "store   a.h5: 1,437", "        train, 360", "        test",
      ])
    #expect(Text.wrapped("output  /a/very/long/path/it/is", to: 20, indent: 8) == ["output  /a/very/long/path/it/is"])
    #expect(Text.wrapped("a b", to: 1) == ["a", "b"] && Text.wrapped("", to: 5, indent: 2) == [""])
  }

  @Test func groupsOfThreeDigits() {
    #expect(
      [0, 12, 999, 1_000, 93_322, 14_714_688].map { Text.grouped($0) } == [
        "0", "12", "999", "1,000", "93,322", "14,714,688",
      ])
    #expect([0.9, 52_201.7, 1e18, .infinity, .nan].map { Text.grouped($0) } == ["0", "52,201", "1e+18", "inf", "nan"])
  }
}
