extension SweepResults {
  /// The heat maps over two axes of a grid, one for each of these splits, in common colours.
  ///
  /// If there are more axes, a cell is the best point over the rest of them.
  public func heatMaps(rows: Int, columns: Int, splits: [TrialSplit]) -> [HeatMap] {
    let (rowAxis, columnAxis) = (axes[rows], axes[columns])
    var groups: [[[SweepPoint]]] = Array(
      repeating: Array(repeating: [], count: columnAxis.values.count), count: rowAxis.values.count)
    var best: (row: Int, column: Int)?
    for (index, point) in points.enumerated() {
      groups[point.place[rows]][point.place[columns]].append(point)
      if index == bestPoint { best = (point.place[rows], point.place[columns]) }
    }
    let others = axes.indices.filter { $0 != rows && $0 != columns }
    // A grid of many settings may have more points than an integer can count.
    let pointCount = others.reduce(1) { min($0 * axes[$1].values.count, 1 << 30) }
    let chosen = groups.map { $0.map { self.representative(of: $0, among: pointCount) } }
    return maps(
      splits.map { split in
        HeatMap(
          name: "\(split)-\(measure.title.hyphenated)" + (others.isEmpty ? "" : "-\(rows + 1)-\(columns + 1)"),
          title: measureTitle(on: split).capitalizedFirst
            + (others.isEmpty
              ? "" : " by \(rowAxis.title) and \(columnAxis.title): best value of the settings not shown"),
          rows: .init(title: rowAxis.title, labels: rowAxis.labels),
          columns: .init(title: columnAxis.title, labels: columnAxis.labels),
          cells: chosen.enumerated().map { row, points in
            points.enumerated().map { column, point in
              HeatMap.Cell(
                spread: point.spread(measure.name, split), marks: point.marks,
                isBest: best.map { $0 == (row, column) } ?? false)
            }
          }, measure: measure, scale: ColorScale([], higherIsBrighter: true))
      })
  }

  /// The heat map of a grid with one axis: a row for each value, a column for each split.
  public func heatMapOfOneAxis() -> HeatMap {
    let axis = axes[0]
    var points = axis.values.indices.map { SweepPoint(place: [$0], trials: [], expected: description.repeats) }
    for point in self.points { points[point.place[0]] = point }
    let best = bestPoint.map { self.points[$0].place[0] }
    let map = HeatMap(
      name: measure.title.hyphenated, title: measure.title.capitalizedFirst,
      rows: .init(title: axis.title, labels: axis.labels), columns: .init(title: "split", labels: splits.map(title)),
      cells: points.enumerated().map { row, point in
        splits.map { split in
          HeatMap.Cell(
            spread: point.spread(measure.name, split), marks: point.marks, isBest: row == best && split == judged)
        }
      }, measure: measure, scale: ColorScale([], higherIsBrighter: true))
    return maps([map])[0]
  }

  /// The best of several points; if none has a number, one that stands for them all.
  private func representative(of group: [SweepPoint], among pointCount: Int) -> SweepPoint {
    if let best = SweepComparison(measure: measure, split: judged).best(of: group) { return group[best] }
    return SweepPoint(
      place: group.first?.place ?? [], trials: group.flatMap(\.trials),
      expected: pointCount * min(description.repeats, 1 << 30))
  }

  private func maps(_ maps: [HeatMap]) -> [HeatMap] {
    let numbers = maps.flatMap { $0.cells.joined().compactMap { $0.spread?.mean } }
    let scale = ColorScale(numbers, higherIsBrighter: measure.higherIsBetter)
    return maps.map { map in
      var map = map
      map.scale = scale
      return map
    }
  }
}

extension String {
  /// With a capital at its beginning.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

  /// As part of the name of a file: lower-case letters and digits, hyphens for all else.
  var hyphenated: String {
    String(lowercased().unicodeScalars.map { ("a"..."z" ~= $0 || "0"..."9" ~= $0) ? Character($0) : "-" })
  }
}
