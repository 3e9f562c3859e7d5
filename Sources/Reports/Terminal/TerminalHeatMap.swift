import Numerics

/// A heat map as lines of text, as wide as the terminal lets it be.
public struct TerminalHeatMap {
  /// What it shows.
  public let map: HeatMap
  /// The width of the terminal in characters.
  public let width: Int
  /// Its colours.
  public let colors: TerminalColors

  /// A heat map for a terminal.
  public init(_ map: HeatMap, width: Int, colors: TerminalColors) {
    var map = map
    map.title = Text.visible(map.title)
    map.rows = .init(title: Text.visible(map.rows.title), labels: map.rows.labels.map(Text.visible))
    map.columns = .init(title: Text.visible(map.columns.title), labels: map.columns.labels.map(Text.visible))
    self.map = map
    self.width = width
    self.colors = colors
  }

  /// How short numbers are written.
  private enum Form: CaseIterable {
    case full, dense, shorter, shortest

    /// Whether numbers have all their digits, and deviations below them.
    var isWhole: Bool { self == .full || self == .dense }
  }

  /// The lines; nil if there are more cells than anyone would read.
  public var lines: [String]? {
    guard map.rows.labels.count <= 40, !map.rows.labels.isEmpty, !map.columns.labels.isEmpty else { return nil }
    let labelWidth = min(map.rows.labels.map(\.count).max() ?? 0, max(width / 4, 6)) + 1
    let room = max(width - labelWidth, 6)
    let form = Form.allCases.first { parts($0).cell * map.columns.labels.count <= room } ?? .shortest
    let widths = parts(form)
    let cellWidth = widths.cell
    let columnsPerPanel = max(1, min(room / cellWidth, map.columns.labels.count))
    let panels = stride(from: 0, to: map.columns.labels.count, by: columnsPerPanel)
      .map { $0..<min($0 + columnsPerPanel, map.columns.labels.count) }
    guard panels.count <= 4 else { return nil }
    var lines = headings
    for (index, columns) in panels.enumerated() {
      if index > 0 { lines.append("") }
      let labels = columns.map { centred(map.columns.labels[$0].clipped(to: cellWidth - 1), cellWidth) }
      lines.append((String(repeating: " ", count: labelWidth) + labels.joined()).trimmedEnd)
      for row in map.cells.indices {
        let cells = map.cells[row][columns]
        let label = map.rows.labels[row].clipped(to: labelWidth - 1)
        let indent = String(repeating: " ", count: labelWidth - 1 - label.count)
        lines.append(line(indent + label + " ", cells, cellWidth) { text(number($0, form), marks($0, form), widths) })
        if form.isWhole && hasDeviations {
          lines.append(
            line(String(repeating: " ", count: labelWidth), cells, cellWidth) { text(deviation($0), "", widths) })
        }
      }
    }
    return lines + legend
  }

  private var headings: [String] {
    let sides = "\(map.rows.title) down, \(map.columns.title) across"
    let whole = "\(map.title): \(sides)"
    if whole.count <= width { return [whole] }
    return [map.title] + (sides.count <= width ? [sides] : ["\(map.rows.title) down", "\(map.columns.title) across"])
  }

  /// What the marks mean, in as many lines as that takes.
  private var legend: [String] {
    let parts = (map.cells.joined().contains(where: \.isBest) ? ["* best"] : []) + map.legend
    return parts.reduce(into: []) { lines, part in
      if let last = lines.last, last.count + part.count + 2 <= width {
        lines[lines.count - 1] += "  " + part
      } else {
        lines.append(part)
      }
    }
  }

  private var hasDeviations: Bool { map.cells.joined().contains { $0.spread?.deviation != nil } }

  private func line(
    _ label: String, _ cells: ArraySlice<HeatMap.Cell>, _ width: Int, _ text: (HeatMap.Cell) -> String
  ) -> String {
    let parts = cells.map { cell in
      let text = centred(text(cell), width)
      return map.color(cell).map { colors.text(text, on: $0) } ?? text
    }
    return (label + parts.joined()).trimmedEnd
  }

  /// How wide the parts of a cell are.
  private struct Widths {
    var number: Int
    var marks: Int
    var cell: Int
  }

  private func parts(_ form: Form) -> Widths {
    let cells = map.cells.joined()
    let number = cells.map { max(self.number($0, form).count, form.isWhole ? deviation($0).count : 0) }.max() ?? 0
    let marks = cells.map { self.marks($0, form).count }.max() ?? 0
    let others = form.isWhole ? map.columns.labels.map(\.count) : [3]
    // A space between neighbours; one on either side where there is room.
    let cell = ([number + marks] + others).max() ?? 0
    return Widths(number: number, marks: marks, cell: cell + (form == .full ? 2 : 1))
  }

  /// A number and its marks, in columns of their own; marks alone as they are.
  private func text(_ number: String, _ marks: String, _ widths: Widths) -> String {
    guard !number.isEmpty else { return marks }
    return String(repeating: " ", count: widths.number - number.count) + number + pad(marks, widths.marks)
  }

  private func number(_ cell: HeatMap.Cell, _ form: Form) -> String {
    guard let mean = cell.spread?.mean else { return "" }
    switch (form, map.measure.name == "accuracy") {
    case (.full, _), (.dense, _): return map.measure.text(mean)
    case (.shorter, true): return withoutZero(Text.fixed(mean, 3))
    case (.shortest, true): return withoutZero(Text.fixed(mean, 2))
    case (.shorter, false), (.shortest, false): return NumberLabel.text(mean, digits: 2)
    }
  }

  private func marks(_ cell: HeatMap.Cell, _ form: Form) -> String {
    let marks = form.isWhole ? cell.marks : String(cell.marks.prefix(1))
    return (cell.isBest ? "*" : "") + (form.isWhole && !marks.isEmpty && cell.spread != nil ? " " : "") + marks
  }

  private func deviation(_ cell: HeatMap.Cell) -> String {
    cell.spread?.deviation.map { "±" + map.measure.text($0) } ?? ""
  }

  private func withoutZero(_ text: String) -> String { text.hasPrefix("0.") ? String(text.dropFirst()) : text }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func centred(_ text: String, _ width: Int) -> String {
    let left = max(0, width - text.count) / 2
    return pad(String(repeating: " ", count: left) + text, width)
  }
}

extension String {
  /// Without spaces at its end.
  fileprivate var trimmedEnd: String {
    guard let end = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...end])
  }
}
