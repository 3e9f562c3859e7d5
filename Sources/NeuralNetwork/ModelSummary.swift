import Numerics

/// The table of a model's layers, their output shapes and parameter counts, as Keras prints it.
public struct ModelSummary: CustomStringConvertible {
  /// The whole text.
  public let description: String

  /// Describes `model` for samples of shape `input`.
  ///
  /// - Parameter showsInput: whether the table begins with the input.
  /// - Throws: ``ShapeError`` if a layer cannot take what it is given.
  public init(_ model: ModelDescription, input: Shape, showsInput: Bool = false) throws(ShapeError) {
    let shapes = try model.shapes(for: input)
    let table = try model.parameterTable(for: input)
    var rows = [["Layer (type)", "Output Shape", "Param #"]]
    if showsInput { rows.append(["\(KerasGraph.input) (InputLayer)", input.withBatch, "0"]) }
    for (index, layer) in model.layers.enumerated() {
      let count = table.entries.filter { $0.layer == index }.reduce(0) { $0 + $1.range.count }
      rows.append([
        "\(Text.visible(layer.name ?? "")) (\(type(of: layer).kind))", shapes[index].withBatch, Text.grouped(count),
      ])
    }
    let total = table.parameterCount
    let trainable = table.trainableCount
    description = """
      Model: "\(model.name)"
      \(Self.table(rows))
       Total params: \(Text.grouped(total)) (\(bytes(total * 4)))
       Trainable params: \(Text.grouped(trainable)) (\(bytes(trainable * 4)))
       Non-trainable params: \(Text.grouped(total - trainable)) (\(bytes((total - trainable) * 4)))
      """
  }

  private static func table(_ rows: [[String]]) -> String {
    let widths = (0..<3).map { column in max(rows.map { $0[column].count }.max() ?? 0, [31, 22, 13][column]) }
    func line(_ left: String, _ dash: String, _ middle: String, _ right: String) -> String {
      left + widths.map { String(repeating: dash, count: $0 + 2) }.joined(separator: middle) + right
    }
    func row(_ cells: [String], _ bar: String) -> String {
      let padding = zip(cells, widths).map { String(repeating: " ", count: $1 - $0.count) }
      return
        "\(bar) \(cells[0])\(padding[0]) \(bar) \(cells[1])\(padding[1]) \(bar) \(padding[2])\(cells[2]) \(bar)"
    }
    var lines = [line("┏", "━", "┳", "┓"), row(rows[0], "┃"), line("┡", "━", "╇", "┩")]
    lines += rows.dropFirst().map { row($0, "│") }.joinedByLine(line("├", "─", "┼", "┤"))
    return (lines + [line("└", "─", "┴", "┘")]).joined(separator: "\n")
  }
}

extension Array where Element == String {
  fileprivate func joinedByLine(_ line: String) -> [String] {
    Array(map { [$0] }.joined(separator: [line]))
  }
}

/// Writes a number of bytes as Keras does: `20.16 KB`, with two decimals.
private func bytes(_ count: Int) -> String {
  var value = Double(count)
  var units = ["B", "KB", "MB", "GB", "TB"][...]
  while value >= 1024, units.count > 1 {
    value /= 1024
    units.removeFirst()
  }
  return "\(Text.fixed(value, 2)) \(units.first ?? "B")"
}
