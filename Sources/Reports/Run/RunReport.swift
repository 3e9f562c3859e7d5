import Glibc
import HDF5
import Numerics

/// The report of a single run: one HTML page, and its charts with their numbers, in the folder of the run.
public struct RunReport: Sendable {
  /// Something that is known of the run.
  public struct Fact: Sendable, Equatable {
    /// What it is.
    public var title: String
    /// What is known.
    public var text: String

    /// A fact.
    public init(_ title: String, _ text: String) {
      self.title = title
      self.text = text
    }
  }

  /// The run's folder, with `metrics.jsonl`, and `parameters.jsonl` if that was recorded.
  public var folder: String
  /// What the page is called.
  public var title: String
  /// What stands at its top.
  public var facts: [Fact]
  /// The epochs that were asked for.
  public var epochs: Int
  /// Whether training has come to its end.
  public var isComplete: Bool
  /// The settings, as a run file.
  public var settings: String
  /// The names of the classes, if they are known.
  public var classNames: [String]
  /// What the trained network predicts, or why that is not known.
  public var predictions: Result<Predictions, Absence>

  /// Why something is left out: a sentence.
  public struct Absence: Error, Sendable, Equatable {
    /// The sentence.
    public var reason: String

    /// A reason.
    public init(_ reason: String) { self.reason = reason }
  }

  /// A report.
  public init(
    folder: String, title: String, facts: [Fact] = [], epochs: Int, isComplete: Bool,
    settings: String, classNames: [String] = [], predictions: Result<Predictions, Absence>
  ) {
    self.folder = folder
    self.title = title
    self.facts = facts
    self.epochs = epochs
    self.isComplete = isComplete
    self.settings = settings
    self.classNames = classNames
    self.predictions = predictions
  }

  /// The page's file.
  public var pageFile: String { "\(folder)/report.html" }

  /// Writes page and charts.
  ///
  /// - Returns: what there is to say if the charts could not be drawn; all else is written.
  /// - Throws: `FileWriteError`, `FileReadError`, and `ConfigurationError` if what the run has recorded is no such thing.
  public func write() throws -> String? {
    let metricsFile = "\(folder)/metrics.jsonl"
    let parametersFile = "\(folder)/parameters.jsonl"
    let epochs = try access(metricsFile, F_OK) != 0 ? [] : EpochRecord.records(in: metricsFile)
    let network = try access(parametersFile, F_OK) != 0 ? nil : RecordedNetwork(contentsOf: parametersFile)
    let charts = RunCharts(epochs, network)
    let groups = [charts.ofMetrics, charts.ofNetwork, PredictionContent.charts(of: predictions)]
    var (figures, complaint) = try ChartFolder("\(folder)/charts").draw(groups.flatMap { $0 })
    let contents = groups.map { group in
      defer { figures.removeFirst(group.count) }
      return figures.prefix(group.count).map(\.content)
    }

    var content: PageContent = [
      "facts": (Self.facts(of: epochs, asked: self.epochs) + facts).map {
        ["title": $0.title, "text": $0.text] as PageContent
      },
      "notes": [remark, epochs.isEmpty ? "No epoch is complete yet." : nil, complaint].compactMap { $0 },
      "settings": Page.lines(of: settings), "hasMetrics": !epochs.isEmpty, "metricFigures": contents[0],
    ]
    if let network {
      content["network"] = try self.content(of: network, figures: contents[1])
    }
    switch predictions {
    case .success(let predictions):
      content["predictions"] = try PredictionContent.content(of: predictions, figures: contents[2])
    case .failure(let absence): content["absence"] = absence.reason
    }
    try Page(
      title: title, template: "Run", content: content,
      scripts: network == nil ? [] : [Templates.text(PackageResources.Network_js)],
      styles: [Templates.text(PackageResources.Run_css), Templates.text(PackageResources.Network_css)]
    ).write(to: pageFile)
    return complaint
  }

  /// What a reader must know first.
  private var remark: String? {
    isComplete
      ? nil
      : "Training is not complete: cnn-dist train --output \(Text.shellWord(folder)) --resume continues it."
  }

  /// What the epochs say that is worth being said at the top.
  static func facts(of epochs: [EpochRecord], asked: Int) -> [Fact] {
    var facts = [Fact("Epochs", "\(Text.grouped(epochs.last?.epoch ?? 0)) of \(Text.grouped(asked))")]
    guard let last = epochs.last else { return facts }
    if let loss = last.loss { facts.append(Fact("Last training loss", "\(NumberLabel.text(loss, digits: 5))")) }
    let losses = epochs.compactMap { epoch in epoch.validation["loss"].map { (epoch.epoch, $0) } }
    if let best = losses.min(by: { $0.1 < $1.1 }) {
      facts.append(
        Fact("Lowest validation loss", "\(NumberLabel.text(best.1, digits: 5)) after epoch \(best.0)"))
    }
    let accuracies = epochs.compactMap { epoch in epoch.validation["accuracy"].map { (epoch.epoch, $0) } }
    if let best = accuracies.max(by: { $0.1 < $1.1 }) {
      facts.append(Fact("Highest validation accuracy", "\(Text.percent(best.1)) after epoch \(best.0)"))
    }
    let seconds = epochs.compactMap(\.seconds).reduce(0, +)
    if seconds > 0 { facts.append(Fact("Training time", Text.duration(seconds))) }
    let speeds = epochs.compactMap(\.imagesPerSecond).sorted()
    if !speeds.isEmpty { facts.append(Fact("Images/s, median", Text.grouped(speeds[speeds.count / 2].rounded()))) }
    return facts
  }

  private func content(of network: RecordedNetwork, figures: [PageContent]) throws -> PageContent {
    var content: PageContent = ["networkFigures": figures]
    var remarks: [String] = []
    if let obstacle = network.epochs.isEmpty ? "no epoch is recorded" : NetworkDrawing.obstacle(network.head) {
      remarks.append("The network is not drawn: \(obstacle).")
    } else {
      content["drawing"] = try Page.json(NetworkDrawing(network, classNames: classNames))
      if network.head.samples.isEmpty { remarks.append("Outputs are not recorded: the layers have too many.") }
    }
    if network.epochs.count < network.recordedCount {
      remarks.append(
        "Of \(Text.grouped(network.recordedCount)) recorded states \(network.epochs.count) are shown, the first ones and "
          + "then ever fewer.")
    }
    if !remarks.isEmpty { content["remark"] = remarks.joined(separator: " ") }
    return content
  }
}
