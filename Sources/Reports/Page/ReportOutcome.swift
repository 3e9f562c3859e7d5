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

  /// What is printed, for a terminal of this width.
  public func text(width: Int, colors: TerminalColors) -> String {
    var lines = lines.map(Text.visible)
    if let map = heatMap.flatMap({ TerminalHeatMap($0, width: width, colors: colors).lines }) {
      lines = map + [""] + lines
    }
    return lines.joined(separator: "\n")
  }
}
