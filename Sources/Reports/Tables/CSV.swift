/// A table as comma-separated values (RFC 4180), with a row of headings, for programs and spreadsheets.
public struct CSV: Sendable, Equatable {
  /// The headings of the columns.
  public var header: [String]
  /// The fields of the rows; a row without any is an empty line, at which gnuplot lifts its pen.
  public var rows: [[String]]

  /// A table.
  public init(header: [String], rows: [[String]] = []) {
    self.header = header
    self.rows = rows
  }

  /// A number as a field, with a point and all its digits in every locale; empty if there is none that is finite.
  public static func field(_ number: Double?) -> String {
    guard let number, number.isFinite else { return "" }
    return number == number.rounded() && number.magnitude < 1e15 ? "\(Int(number))" : "\(number)"
  }

  /// The text of the file.
  public var text: String {
    var text = ""
    for row in [header] + rows {
      text += row.map(Self.quoted).joined(separator: ",")
      text += "\n"
    }
    return text
  }

  /// A field in quotes if it must be; a text that a spreadsheet would take for a formula begins with an apostrophe.
  private static func quoted(_ field: String) -> String {
    let text = isFormula(field) ? "'" + field : field
    guard text.utf8.contains(where: { #",""#.utf8.contains($0) || $0 < 0x20 }) else { return text }
    var quoted = String.UnicodeScalarView("\"".unicodeScalars)
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    quoted.append("\"")
    return String(quoted)
  }

  /// Whether a spreadsheet takes it for a formula, which can run programs; numbers are none, nor `-3.2·10⁻⁴` of charts.
  private static func isFormula(_ field: String) -> Bool {
    guard let first = field.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else { return false }
    return first == "=" || first == "@"
      || !field.unicodeScalars.allSatisfy { "0123456789.e+-·⁰¹²³⁴⁵⁶⁷⁸⁹⁻∞".unicodeScalars.contains($0) }
  }
}
