import Numerics

/// What a report has come to.
public struct ReportOutcome: Sendable {
  /// The page.
  public var page: String
  /// What is shown in a terminal, above the lines.
  public var heatMap: HeatMap?
  /// What is said.
  public var lines: [String]
  /// Why there are no charts; nil if there are.
  public var complaint: String?

  /// An outcome.
  public init(page: String, heatMap: HeatMap? = nil, lines: [String], complaint: String? = nil) {
    self.page = page
    self.heatMap = heatMap
    self.lines = lines
    self.complaint = complaint
  }

  /// What is printed, for a terminal of this width; nil for a file.
  ///
  /// Lines that are copied, commands and paths, are left to the terminal to break.
  public func text(width: Int?, colors: TerminalColors) -> String {
    var lines = lines.map(Text.visible).flatMap { line in
      guard let width, !line.hasPrefix("train "), !line.hasPrefix("report ") else { return [line] }
      return Text.wrapped(line, to: width, indent: 8)
    }
    if let map = heatMap.flatMap({ TerminalHeatMap($0, width: width ?? 80, colors: colors).lines }) {
      lines = map + [""] + lines
    }
    return lines.joined(separator: "\n")
  }
}
