import Testing

@testable import Numerics

@Suite struct MatrixTests {
  @Test(arguments: [
    "1 2 3\n4 5 6", "1,2,3\n4,5,6\n", "1\t2\t3\r\n4\t5\t6\r\n", "# a comment\n\n 1 , 2,3  # here too\n\n4; 5;6\n",
    "+1 2e0 3.\n40e-1 5.0 .6e1",
  ]) func parses(text: String) throws {
    #expect(try Matrix(parsing: text, named: "m") == Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6]))
  }

  @Test func parsesOneNumber() throws {
    #expect(try Matrix(parsing: "-7", named: "m") == Matrix(rows: 1, columns: 1, values: [-7]))
  }

  @Test(arguments: [
    ("", "m: expected a matrix, one row of numbers a line, found none"), ("\n# 1 2\n", "found none"),
    ("1 2\n3", "m, line 2: expected 2 numbers, as in the first row, found 1"),
    ("1 2\n\n# x\n3 4 5", "m, line 4: expected 2 numbers"), ("1,,2", "m, line 1: expected a number, found ''"),
    ("1,2,\n", "found ''"), ("1 two", "m, line 1: expected a number, found 'two'"), ("nan", "found 'nan'"),
    ("inf 1", "found 'inf'"), ("1e99", "found '1e99'"), ("0x10", "found '0x10'"), ("1-2", "found '1-2'"),
  ]) func refuses(text: String, words: String) throws {
    let error = try #require(throws: MatrixError.self) { try Matrix(parsing: text, named: "m") }
    #expect(error.description.contains(words), "\(error)")
  }

  @Test func aligned() {
    #expect(Matrix(rows: 2, columns: 2, values: [1, -20, 300, -0.0]).aligned == "  1  -20\n300    0")
    #expect(Matrix(rows: 1, columns: 3, values: [0.5, -1, 2.25]).aligned == "0.50  -1.00  2.25")
    #expect(Matrix(rows: 1, columns: 2, values: [1 / 3, -1e-9]).aligned == "0.333333  0.000000")
    #expect(Matrix(rows: 1, columns: 2, values: [1e20, 1]).aligned == "1e+20  1")
  }

  /// What is written is read again, bit for bit.
  @Test func csv() throws {
    let matrix = Matrix(rows: 2, columns: 3, values: [1 / 3, -1e-30, 16_777_218, 5, 3.4e38, 0.1])
    #expect(matrix.csv.hasPrefix("0.33333334,-1e-30,"))
    #expect(try Matrix(parsing: matrix.csv, named: "m") == matrix)
  }

  @Test func flipped() {
    let matrix = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
    #expect(matrix.flipped == Matrix(rows: 2, columns: 3, values: [6, 5, 4, 3, 2, 1]))
    #expect(Array(matrix[1]) == [4, 5, 6])
  }
}
