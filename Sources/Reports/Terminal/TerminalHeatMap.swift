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
    self.map = map
    self.width = width
    self.colors = colors
  }

  /// How short numbers are written.
  private enum Form: CaseIterable { case full, shorter, shortest }

  /// The lines; nil if there are more cells than anyone would read.
  public var lines: [String]? {
    guard map.rows.labels.count <= 40, !map.rows.labels.isEmpty, !map.columns.labels.isEmpty else { return nil }
    let labelWidth = min(map.rows.labels.map(\.count).max() ?? 0, max(width / 4, 6)) + 1
    let room = max(width - labelWidth, 6)
    let fitting = Form.allCases.first { widthOfCells($0) * map.columns.labels.count <= room }
    let form = fitting ?? .shortest
    let cellWidth = widthOfCells(form)
    let columnsPerPart = max(1, min(room / cellWidth, map.columns.labels.count))
    let parts = stride(from: 0, to: map.columns.labels.count, by: columnsPerPart)
      .map { $0..<min($0 + columnsPerPart, map.columns.labels.count) }
    guard parts.count <= 4 else { return nil }
    var lines = headings
    for (index, columns) in parts.enumerated() {
      if index > 0 { lines.append("") }
      let labels = columns.map { centred(map.columns.labels[$0], cellWidth) }
      lines.append((String(repeating: " ", count: labelWidth) + labels.joined()).trimmedEnd)
      for row in map.cells.indices {
        let cells = map.cells[row][columns]
        let label = clipped(map.rows.labels[row], labelWidth - 1)
        lines.append(line(pad(label, labelWidth - 1) + " ", cells, cellWidth) { text($0, form) })
        if form == .full && hasDeviations {
          lines.append(line(String(repeating: " ", count: labelWidth), cells, cellWidth) { deviation($0) })
        }
      }
    }
    if !legend.isEmpty { lines.append(legend) }
    return lines
  }

  private var headings: [String] {
    let sides = "\(map.rows.title) down, \(map.columns.title) across"
    let whole = "\(map.title): \(sides)"
    return whole.count <= width ? [whole] : [map.title, sides]
  }

  private var legend: String {
    ((map.cells.joined().contains(where: \.isBest) ? ["* best"] : []) + map.legend).joined(separator: "  ")
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

  private func widthOfCells(_ form: Form) -> Int {
    let texts = map.cells.joined().map { cell in max(text(cell, form).count, form == .full ? deviation(cell).count : 0)
    }
    let labels = form == .full ? map.columns.labels.map(\.count).max() ?? 0 : 0
    // With a space between neighbours, or on both sides where there is room.
    return max(texts.max() ?? 0, labels, 3) + (form == .full ? 2 : 1)
  }

  private func text(_ cell: HeatMap.Cell, _ form: Form) -> String {
    var text = ""
    if let mean = cell.spread?.mean {
      switch (form, map.measure.name == "accuracy") {
      case (.full, _): text = map.measure.text(mean)
      case (.shorter, true): text = withoutZero(Text.fixed(mean, 3))
      case (.shortest, true): text = withoutZero(Text.fixed(mean, 2))
      case (.shorter, false), (.shortest, false): text = NumberLabel.text(mean, digits: 2)
      }
    }
    let marks = form == .full ? cell.marks : String(cell.marks.prefix(1))
    if !marks.isEmpty { text += (text.isEmpty || form != .full ? "" : " ") + marks }
    return text + (cell.isBest ? "*" : "")
  }

  private func deviation(_ cell: HeatMap.Cell) -> String {
    cell.spread?.deviation.map { "±" + map.measure.text($0) } ?? ""
  }

  private func withoutZero(_ text: String) -> String { text.hasPrefix("0.") ? String(text.dropFirst()) : text }

  private func clipped(_ text: String, _ width: Int) -> String {
    text.count > width ? text.prefix(max(width - 1, 0)) + "…" : text
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func centred(_ text: String, _ width: Int) -> String {
    let text = clipped(text, width)
    let left = (width - text.count) / 2
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
