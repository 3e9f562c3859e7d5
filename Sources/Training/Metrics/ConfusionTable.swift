import Numerics

/// A confusion matrix as people read it: a row for each class, a column for each class that the network says.
public enum ConfusionTable {
  /// The lines of the table; classes without a name have their number.
  public static func lines(_ counts: [[Int]], classNames: [String]) -> [String] {
    let names = counts.indices.map { $0 < classNames.count ? Text.visible(classNames[$0]) : "\($0)" }
    let corner = "true \\ predicted"
    let first = max(corner.count, names.map(\.count).max() ?? 0)
    let widths = counts.indices.map { column in
      max(names[column].count, counts.map { "\($0[column])".count }.max() ?? 0)
    }
    let rows = [(corner, names)] + zip(names, counts.map { $0.map { "\($0)" } })
    return rows.map { name, cells in
      name + String(repeating: " ", count: first - name.count)
        + zip(cells, widths).map { cell, width in "  " + String(repeating: " ", count: width - cell.count) + cell }
        .joined()
    }
  }
}
