/// A table as comma-separated values (RFC 4180), with a row of headings.
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

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { #",""#.utf8.contains($0) || $0 < 0x20 }) else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
