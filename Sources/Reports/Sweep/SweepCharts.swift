import Numerics

/// The charts of a sweep.
struct SweepCharts {
  /// How much is drawn at most, so that a page of ten thousand trials can still be opened.
  enum Limit {
    static let curves = 150
    static let points = 1000
    static let lines = 400
    static let pairs = 15
    static let cells = 40_000
    static let side = 400
    static let epochs = 200
  }

  /// The heat maps that the charts show, for tables of the page.
  let heatMaps: [HeatMap]
  /// The one that a terminal shows.
  let terminalMap: HeatMap?
  /// What trials yielded over their settings.
  let settings: [any Chart]
  /// How trials learned.
  let curves: [any Chart]
  /// What was left out.
  let remarks: [String]

  init(_ results: SweepResults) {
    var (heatMaps, settings, remarks): ([HeatMap], [any Chart], [String]) = ([], [], [])
    var terminalMap: HeatMap?
    let pairs = results.axes.indices.flatMap { first in results.axes.indices.dropFirst(first + 1).map { (first, $0) } }
    if pairs.count > Limit.pairs {
      remarks.append("Of \(Text.grouped(pairs.count)) pairs of settings the first \(Limit.pairs) are drawn.")
    }
    if results.isGrid, results.axes.count == 1 {
      heatMaps = [results.heatMapOfOneAxis()]
      terminalMap = heatMaps[0]
    } else if results.isGrid {
      let splits = pairs.count == 1 ? results.splits : [results.judged]
      for (rows, columns) in pairs.prefix(Limit.pairs) {
        let count = results.axes[rows].values.count * results.axes[columns].values.count
        guard count <= Limit.cells,
          max(results.axes[rows].values.count, results.axes[columns].values.count) <= Limit.side
        else {
          remarks.append(
            "A heat map of \(results.axes[rows].title) and \(results.axes[columns].title) would have \(Text.grouped(count)) cells: "
              + "it is not drawn.")
          continue
        }
        let maps = results.heatMaps(rows: rows, columns: columns, splits: splits)
        // The one that trials are judged by.
        terminalMap = terminalMap ?? maps.last
        heatMaps += maps
      }
      settings = heatMaps.map(HeatMapChart.init)
    }

    let shown = Self.subset(of: results, count: Limit.points)
    if results.axes.count == 1 { settings.append(results.settingChart(shown.points)) }
    if !results.isGrid {
      settings += pairs.prefix(Limit.pairs).map {
        results.scatterChart(rows: $0, columns: $1, shown.trials) as any Chart
      }
      if results.trials.count > shown.trials.count {
        remarks.append(
          "Of \(Text.grouped(results.trials.count)) trials \(Text.grouped(shown.trials.count)) are drawn as points, good and bad ones alike."
        )
      }
    }
    if results.axes.count > 2 || !results.isGrid && results.axes.count > 1 {
      let lines = Self.subset(of: results, count: Limit.lines).trials
      settings.append(results.parallelCoordinatesChart(lines))
      if results.trials.count > lines.count {
        remarks.append(
          "Of \(Text.grouped(results.trials.count)) trials \(lines.count) are drawn as lines over the settings.")
      }
    }

    let learners = Self.subset(of: results, count: Limit.curves).trials
    if results.trials.count > learners.count {
      remarks.append(
        "Of \(Text.grouped(results.trials.count)) learning curves \(learners.count) are drawn, good and bad ones alike."
      )
    }
    (self.heatMaps, self.terminalMap, self.settings) = (heatMaps, terminalMap, settings)
    curves = results.curvesCharts(learners)
    self.remarks = remarks
  }

  /// The best trial, and others at even distances from the best to the worst.
  private static func subset(of results: SweepResults, count: Int) -> (trials: [TrialRecord], points: [SweepPoint]) {
    guard results.trials.count > count else { return (results.trials, results.points) }
    let name = results.measure.name
    let worst = results.measure.higherIsBetter ? -Double.infinity : .infinity
    let ordered = results.trials.map { ($0.numbers(results.judged)[name] ?? worst, $0) }
      .sorted { results.measure.isBetter($0.0, than: $1.0) }.map(\.1)
    let step = Double(ordered.count - 1) / Double(count - 1)
    var trials = (0..<count).map { ordered[Int((Double($0) * step).rounded())] }
    if let best = results.bestTrial, !trials.contains(where: { $0.key == best.key }) { trials[0] = best }
    let keys = Set(trials.map(\.key))
    return (trials, results.points.filter { $0.trials.contains { keys.contains($0.key) } })
  }
}

extension SweepResults {
  private func chartAxis(_ axis: SweepAxis) -> ChartAxis {
    let numbers = description.axes.first { $0.setting == axis.setting }?.values.compactMap(\.number) ?? []
    var chartAxis = ChartAxis(
      axis.title, isLogarithmic: axis.scale == .logarithmic && numbers.allSatisfy { $0 > 0 })
    if axis.scale == .listed { chartAxis.labels = axis.labels }
    return chartAxis
  }

  fileprivate func settingChart(_ points: [SweepPoint]) -> SettingChart {
    let axis = axes[0]
    var places: [(SettingChart.Place, SweepPoint)] = points.compactMap { point in
      guard let value = point.trials.first?.point[axis.setting], let position = axis.position(of: value) else {
        return nil
      }
      return (SettingChart.Place(label: axis.label(of: value), position: position, marks: point.marks), point)
    }
    places.sort { $0.0.position < $1.0.position }
    let marks = places.map(\.0.marks).joined()
    return SettingChart(
      name: measure.title.hyphenated, title: "\(measure.title.capitalizedFirst) by \(axis.title)",
      horizontal: chartAxis(axis), vertical: ChartAxis(measure.title), places: places.map(\.0),
      lines: splits.map { split in
        SettingChart.Line(name: title(of: split), spreads: places.map { $0.1.spread(measure.name, split) })
      }, legend: SweepPoint.State.allCases.filter { marks.contains($0.letter) }.map { "\($0.letter) \($0)" })
  }

  fileprivate func scatterChart(rows: Int, columns: Int, _ trials: [TrialRecord]) -> ScatterChart {
    let (rowAxis, columnAxis) = (axes[rows], axes[columns])
    return ScatterChart(
      name: "\(judged)-\(measure.title.hyphenated)-\(rows + 1)-\(columns + 1)",
      title: "\(measureTitle(on: judged)) by \(rowAxis.title) and \(columnAxis.title)".capitalizedFirst,
      horizontal: chartAxis(columnAxis).spanning(
        trials.compactMap { columnAxis.position(of: $0.point[columnAxis.setting]) }),
      vertical: chartAxis(rowAxis).spanning(trials.compactMap { rowAxis.position(of: $0.point[rowAxis.setting]) }),
      points: trials.compactMap { trial in
        guard let x = columnAxis.position(of: trial.point[columnAxis.setting]),
          let y = rowAxis.position(of: trial.point[rowAxis.setting])
        else { return nil }
        return ScatterChart.Point(
          trial: trial.trial, x: x, y: y, number: trial.numbers(judged)[measure.name], outcome: trial.outcome,
          isBest: trial.key == bestTrial?.key)
      }, measure: measure, scale: scale(of: trials))
  }

  fileprivate func parallelCoordinatesChart(_ trials: [TrialRecord]) -> ParallelCoordinatesChart {
    let upright = axes.map { axis in
      let labels = axis.values.count <= 12 ? Array(axis.values.indices) : [0, axis.values.count - 1]
      let positions = description.axes.first { $0.setting == axis.setting }?.values ?? []
      return ParallelCoordinatesChart.Axis(
        title: axis.title, positions: trials.map { axis.position(of: $0.point[axis.setting]) },
        isLogarithmic: axis.scale == .logarithmic,
        labels: labels.compactMap { index in
          axis.position(of: positions[index]).map { (position: $0, text: axis.labels[index]) }
        })
    }
    let scale = scale(of: trials)
    let result = ParallelCoordinatesChart.Axis(
      title: measureTitle(on: judged), positions: trials.map { $0.numbers(judged)[measure.name] },
      isLogarithmic: scale.isLogarithmic,
      labels: [scale.range.lowerBound, scale.range.upperBound].map { (position: $0, text: measure.text($0)) })
    return ParallelCoordinatesChart(
      name: "parallel-coordinates", title: "All settings and the \(measureTitle(on: judged)) of each trial",
      axes: upright + [result],
      trials: trials.map(\.trial), best: trials.firstIndex { $0.key == bestTrial?.key }, measure: measure, scale: scale)
  }

  fileprivate func curvesCharts(_ trials: [TrialRecord]) -> [TrialCurvesChart] {
    measures.flatMap { measure in
      splits.compactMap { split in
        let curves = trials.map { trial in
          TrialCurvesChart.Curve(
            trial: trial.trial,
            points: thinned(
              trial.curve.compactMap { epoch in
                measure.value(of: epoch, split).map { (epoch: epoch.epoch, number: $0) }
              }), isBest: trial.key == bestTrial?.key)
        }.filter { !$0.points.isEmpty }
        guard !curves.isEmpty else { return nil }
        let numbers = curves.flatMap { $0.points.map(\.number) }
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
        let isLogarithmic = measure.name == "loss" && low > 0 && high > 5 * low
        var title = "\(title(of: split)) \(measure.title) by epoch".capitalizedFirst
        var shown = numbers
        // A trial that nearly diverges would press all others into a line.
        if isLogarithmic, let top = curves.first(where: \.isBest)?.points.map(\.number).max(), high > 100 * top {
          shown = numbers.filter { $0 <= 100 * top }
          title += ", up to \(NumberLabel.text(100 * top, digits: 2))"
        }
        return TrialCurvesChart(
          name: "curves-\(split)-\(measure.title.hyphenated)", title: title,
          vertical: ChartAxis(measure.title, isLogarithmic: isLogarithmic).spanning(shown), curves: curves)
      }
    }
  }

  /// The colours of what trials yielded.
  private func scale(of trials: [TrialRecord]) -> ColorScale {
    ColorScale(
      trials.compactMap { $0.numbers(judged)[measure.name] }.filter(\.isFinite),
      higherIsBrighter: measure.higherIsBetter)
  }

  /// No more points than can be seen; the last one always.
  private func thinned(_ points: [(epoch: Int, number: Double)]) -> [(epoch: Int, number: Double)] {
    let step = (points.count + SweepCharts.Limit.epochs - 1) / SweepCharts.Limit.epochs
    guard step > 1 else { return points }
    let places = points.indices.filter { $0 % step == step - 1 || $0 == points.count - 1 }
    return places.map { points[$0] }
  }
}
