/// A matrix as people write it down: a picture of one channel, or a kernel.
public struct Matrix: Sendable, Equatable {
  /// The number of rows, at least one.
  public let rows: Int
  /// The number of columns, at least one.
  public let columns: Int
  /// The values, row after row.
  public let values: [Float]

  /// A matrix of these values, row after row.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(rows > 0 && columns > 0 && values.count == rows * columns, "a value for each place, and at least one")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// A row of values.
  public subscript(row: Int) -> ArraySlice<Float> { values[row * columns..<(row + 1) * columns] }

  /// The matrix turned by 180 degrees: correlation with it is convolution with this one.
  public var flipped: Matrix { Matrix(rows: rows, columns: columns, values: values.reversed()) }
}

/// A text that is no matrix: where, what was expected, what was found.
public struct MatrixError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file, or what the text was called.
  public let file: String
  /// The line, counted from 1; nil if the text as a whole is meant.
  public let line: Int?
  /// What was expected and what was found.
  public let problem: String

  /// Describes the problem.
  public init(_ problem: String, file: String, line: Int? = nil) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  /// One line with file, line and problem.
  public var description: String { "\(file)\(line.map { ", line \($0)" } ?? ""): \(problem)" }
}

extension Matrix {
  /// Reads one row a line: numbers separated by commas or semicolons, or by spaces and tabs.
  ///
  /// Empty lines, and what follows a `#`, mean nothing.
  ///
  /// - Parameter name: what errors call the text, such as its file.
  public init(parsing text: String, named name: String) throws(MatrixError) {
    var rows: [[Float]] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let content = line.prefix { $0 != "#" }
      let fields =
        content.contains { $0 == "," || $0 == ";" }
        ? content.split(omittingEmptySubsequences: false) { $0 == "," || $0 == ";" } : [content]
      // Commas need something between them; spaces do not.
      let words = fields.flatMap { field in
        let words = field.split(whereSeparator: \.isWhitespace)
        return words.isEmpty && fields.count > 1 ? [""] : words
      }
      guard !words.isEmpty else { continue }
      var row: [Float] = []
      for word in words {
        guard let value = Self.number(word) else {
          throw MatrixError("expected a number, found '\(word.prefix(40))'", file: name, line: index + 1)
        }
        row.append(value)
      }
      if let first = rows.first, first.count != row.count {
        throw MatrixError(
          "expected \(first.count) numbers, as in the first row, found \(row.count)", file: name, line: index + 1)
      }
      rows.append(row)
    }
    guard let first = rows.first else {
      throw MatrixError("expected a matrix, one row of numbers a line, found none", file: name)
    }
    self.init(rows: rows.count, columns: first.count, values: rows.flatMap { $0 })
  }

  /// A finite number in decimal form; Swift would also take `nan`, `inf` and hexadecimal ones.
  private static func number(_ word: Substring) -> Float? {
    guard word.allSatisfy({ "0123456789+-.eE".contains($0) }), let value = Float(word), value.isFinite else {
      return nil
    }
    return value
  }

  /// One row a line, the columns right-aligned, two spaces between them.
  ///
  /// Whole numbers have no decimals; others as many as all of them need, at most six.
  public var aligned: String {
    let texts = self.texts
    let widths = (0..<columns).map { column in
      stride(from: column, to: texts.count, by: columns).reduce(0) { max($0, texts[$1].count) }
    }
    return (0..<rows).map { row in
      (0..<columns).map { column in
        let text = texts[row * columns + column]
        return String(repeating: " ", count: widths[column] - text.count) + text
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private var texts: [String] {
    for decimals in 0...6 {
      let texts = values.map { Self.text($0, decimals) }
      if decimals == 6 || zip(texts, values).allSatisfy({ Float($0) == $1 }) { return texts }
    }
    return []
  }

  private static func text(_ value: Float, _ decimals: Int) -> String {
    guard value.magnitude < 1e9 else { return "\(value)" }
    let text = Text.fixed(Double(value), decimals)
    // A small negative number may have nothing but zeros left.
    return text.contains { ("1"..."9").contains($0) } ? text : text.replacing("-", with: "")
  }

  /// One row a line, commas between the values, each with the digits that tell it from its neighbours.
  public var csv: String {
    (0..<rows).map { row in self[row].map(Self.shortest).joined(separator: ",") + "\n" }.joined()
  }

  private static func shortest(_ value: Float) -> String {
    value == value.rounded() && value.magnitude < 16_777_216 ? "\(Int(value))" : "\(value)"
  }
}
