import Testing

@testable import Numerics

@Suite struct SignificantDigitsTests {
  @Test(arguments: [
    (0.1234567, 0.123457), (-1234567, -1_234_570), (0, 0), (9.999999, 10), (1.23456789e-20, 1.23456789e-20),
    (Double(Float(0.1)), 0.1), (3.0e-7, 3.0e-7), (1e30, 1e30),
  ]) func roundsToSix(number: Double, expected: Double) {
    #expect(number.rounded(toSignificantDigits: 6) == expected)
  }
}
