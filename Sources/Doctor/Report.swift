/// What all checks have said.
public struct Report: Sendable, CustomStringConvertible {
  /// The checks' names and verdicts.
  public let entries: [(name: String, verdict: Verdict)]

  /// All findings.
  public var findings: [Finding] { entries.flatMap { $0.verdict.findings } }

  /// The error that ends the job; nil if there are at most warnings.
  public var error: DoctorError? {
    let errors = findings.filter { $0.severity != .warning }
    return errors.isEmpty ? nil : DoctorError(findings: errors)
  }

  /// A list for a terminal of 80 columns: a line for each check, and under it what is wrong.
  public var description: String {
    entries.map { name, verdict in
      guard !verdict.findings.isEmpty else { return Self.wrapped("ok", name, verdict.summary) }
      return verdict.findings.map { finding in
        [
          Self.wrapped(finding.severity == .warning ? "warning" : "error", name, finding.what),
          Self.wrapped("", "why", finding.why), Self.wrapped("", "cure", finding.cure),
        ].joined(separator: "\n")
      }.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static let width = 80
  private static let indentation = [9, 9]

  /// Three columns, of which the last goes on in the next line.
  private static func wrapped(_ first: String, _ second: String, _ text: String) -> String {
    let columns = zip([first, second], indentation)
    let start = columns.map { $0 + String(repeating: " ", count: max(1, $1 - $0.count)) }.joined()
    let margin = String(repeating: " ", count: indentation.reduce(0, +))
    var lines: [String] = []
    var line = start
    for word in text.split(separator: " ") {
      if line.count + word.count > width, line.count > margin.count {
        lines.append(line)
        line = margin
      }
      line += "\(word) "
    }
    return (lines + [line]).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
