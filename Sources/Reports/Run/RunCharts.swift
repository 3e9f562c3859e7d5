/// The charts of a run: loss, accuracy and other metrics, speed, and of a recorded network its numbers.
struct RunCharts {
  private let epochs: [EpochRecord]
  private let network: RecordedNetwork?

  init(_ epochs: [EpochRecord], _ network: RecordedNetwork?) {
    self.epochs = epochs
    self.network = network
  }

  /// What training and the evaluations yielded, and how fast it was.
  var ofMetrics: [any Chart] {
    guard !epochs.isEmpty else { return [] }
    var charts: [any Chart] = [
      chart("loss", "Loss", training: epochs.map(\.loss), validation: "loss", isLogarithmic: isLossLogarithmic)
    ]
    if epochs.contains(where: { $0.accuracy != nil }) {
      charts.append(chart("accuracy", "Accuracy", training: epochs.map(\.accuracy), validation: "accuracy"))
    }
    let shown = ["loss", "accuracy"]
    for name in Set(epochs.flatMap(\.validation.keys)).subtracting(shown).sorted() {
      charts.append(chart("validation-\(name.hyphenated)", "Validation: \(name)", validation: name))
    }
    charts.append(
      CurvesChart(
        name: "throughput", title: "Throughput", horizontal: horizontal,
        vertical: ChartAxis("images/s").spanning(epochs.compactMap(\.imagesPerSecond)), places: places,
        curves: [.init("images/s", epochs.map(\.imagesPerSecond))]))
    return charts.map { chart in
      guard var curves = chart as? CurvesChart else { return chart }
      // A single point would not be seen as a line.
      curves.marksPoints = epochs.count <= 15
      return curves
    }
  }

  /// The parameters and outputs of a recorded network over the epochs.
  var ofNetwork: [any Chart] {
    guard let network, network.epochs.count > 1 else { return [] }
    let layers = network.head.layers
    let parameters = layers.flatMap { layer in
      layer.parameters.map { (name: "\(layer.name) \($0.name)", shape: $0.shape) }
    }
    let weights = parameters.enumerated().flatMap { number, parameter in
      Self.places(of: parameter.shape).enumerated().map { index, place in
        CurvesChart.Curve(
          parameter.name + place, network.epochs.map { $0.parameters[number][index].map(Double.init) })
      }
    }
    let charts = networkCharts("weights", "Weights", weights)
    guard !network.head.samples.isEmpty else { return charts }
    // Layers that only name the numbers of another otherwise are left out.
    let outputs = layers.enumerated().flatMap { number, layer -> [CurvesChart.Curve] in
      let count = RecordedNetwork.Head.count(of: layer.output)
      guard count <= Self.maximumOutputCount, !Self.passesOn(layer) else { return [] }
      return Self.places(of: layer.output).enumerated().map { index, place in
        CurvesChart.Curve(
          layer.name + place, network.epochs.map { $0.outputs.flatMap { $0[number][0][index].map(Double.init) } })
      }
    }
    return charts + networkCharts("outputs", "Outputs for the first training sample", outputs)
  }

  /// A layer with more outputs gets no curves.
  private static let maximumOutputCount = 32
  /// The most curves of a chart.
  private static let maximumCurveCount = 20

  private var places: [Double] { epochs.map { Double($0.epoch) } }
  private var horizontal: ChartAxis {
    // Where numbers are looked at one by one, most happens in the first epochs.
    let isLogarithmic = network != nil && epochs.count > 1
    return isLogarithmic
      ? ChartAxis("epoch", isLogarithmic: true, range: Self.range(of: places)) : ChartAxis.epochs(places)
  }

  /// From end to end: left alone, a logarithmic axis ends with a power of ten.
  private static func range(of places: [Double]) -> ClosedRange<Double>? {
    guard let least = places.min(), let largest = places.max(), least < largest else { return nil }
    return least...largest
  }

  /// Whether losses are all above zero, and differ by so much that small ones would not be seen.
  private var isLossLogarithmic: Bool {
    let losses = epochs.flatMap { [$0.loss, $0.validation["loss"]] }.compactMap { $0 }
    guard let least = losses.min(), let largest = losses.max() else { return false }
    return least > 0 && largest / least > 30
  }

  private func chart(
    _ name: String, _ title: String, training: [Double?]? = nil, validation: String, isLogarithmic: Bool = false
  ) -> CurvesChart {
    var curves: [CurvesChart.Curve] = []
    if let training { curves.append(.init("training", training)) }
    let values = epochs.map { $0.validation[validation] }
    if values.contains(where: { $0 != nil }) { curves.append(.init("validation", values)) }
    var vertical = ChartAxis(title.lowercased(), isLogarithmic: isLogarithmic)
    if isLogarithmic { vertical = vertical.spanning(curves.flatMap { $0.values.compactMap { $0 } }) }
    return CurvesChart(
      name: name, title: title, horizontal: horizontal, vertical: vertical, places: places, curves: curves)
  }

  /// As many charts as are needed for so many curves.
  private func networkCharts(_ name: String, _ title: String, _ curves: [CurvesChart.Curve]) -> [any Chart] {
    let pages = Self.pages(of: curves)
    guard pages.count > 1 else { return pages.map { networkChart(name, title, $0) } }
    return pages.enumerated().map { page, curves in
      networkChart("\(name)-\(page + 1)", "\(title) (\(page + 1) of \(pages.count))", curves)
    }
  }

  private func networkChart(_ name: String, _ title: String, _ curves: [CurvesChart.Curve]) -> CurvesChart {
    let places = (network?.epochs ?? []).map { Double($0.epoch + 1) }
    var chart = CurvesChart(
      name: name, title: title,
      horizontal: ChartAxis("epoch + 1", isLogarithmic: true, range: Self.range(of: places)),
      vertical: ChartAxis(""), places: places, curves: curves)
    // The key has a line for about three curves.
    chart.size.height += 18 * ((curves.count + 2) / 3)
    return chart
  }

  private static func passesOn(_ layer: RecordedNetwork.Head.Layer) -> Bool {
    ["Flatten", "Reshape"].contains(NetworkDrawing.kind(of: layer))
  }

  /// The curves for each of several charts, as evenly as it goes.
  private static func pages(of curves: [CurvesChart.Curve]) -> [[CurvesChart.Curve]] {
    let count = (curves.count + maximumCurveCount - 1) / maximumCurveCount
    return (0..<count).map { Array(curves[$0 * curves.count / count..<($0 + 1) * curves.count / count]) }
  }

  /// The indices of all values of a shape, `[0, 1]`; of a single value nothing.
  private static func places(of shape: [Int]) -> [String] {
    let count = RecordedNetwork.Head.count(of: shape)
    guard count > 1 else { return [""] }
    // Sides of one tell nothing.
    let sides = shape.filter { $0 > 1 }
    return (0..<count).map { index in
      var rest = index
      let place = sides.reversed().map { side in
        defer { rest /= side }
        return "\(rest % side)"
      }
      return "[" + place.reversed().joined(separator: ",") + "]"
    }
  }
}
