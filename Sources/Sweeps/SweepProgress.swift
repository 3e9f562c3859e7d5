import NeuralNetwork
import Numerics
import Reports
import Training

/// What a sweep shows while it runs: on a terminal a bar, in a file or a pipe a line for each trial.
public final class SweepProgress {
  private let axes: [Axis]
  private let isQuiet: Bool
  private let isFirst: Bool
  private let terminal: Terminal?
  private let begin = ContinuousClock.now
  private var total = 0
  private var counts = SweepBoard.Counts()
  private var bestBefore: Double?
  private var barIsShown = false

  /// - Parameters:
  ///   - configuration: what axes there are.
  ///   - isQuiet: shows nothing.
  ///   - isFirst: whether this is rank 0, which alone shows the bar.
  public init(_ configuration: SweepConfiguration, isQuiet: Bool, isFirst: Bool, terminal: Terminal? = .ofThisProcess())
  {
    axes = configuration.grid.axes
    self.isQuiet = isQuiet
    self.isFirst = isFirst
    self.terminal = terminal
  }

  /// Says what is to be done; rank 0 only.
  public func begin(_ state: SweepState, _ plan: SweepScheduler.Plan, _ samples: SharedSamples, ranks: Int) {
    total = state.pending.count
    bestBefore = state.finished.filter(\.isCandidate).compactMap {
      $0.validation["accuracy"] ?? $0.training["accuracy"]
    }.max()
    let configuration = plan.configuration
    let size = min(configuration.ranksPerTrial, ranks)
    let groups = (ranks + size - 1) / size
    let axes = configuration.grid.axes.map { axis in
      switch axis.values {
      case .listed(let values, _): "\(axis.label) (\(Text.grouped(values.count)))"
      case .range(let from, let to, _): "\(axis.label) (\(from) to \(to))"
      }
    }
    let part = plan.part == .all ? "" : ", part \(plan.part)"
    let done = state.finished.isEmpty ? "" : ", \(Text.grouped(state.finished.count)) done before"
    let stopping = configuration.stopping == .none ? "" : ", stopping \(configuration.stopping.rawValue)"
    printLine("\(Checkpoint.Platform.current)")
    printLine("store   \(samples.store.path): \(Text.byteCount(samples.bytesPerNode)) in memory, once per node")
    printLine(
      "sweep   \(axes.joined(separator: " × ")): \(Text.count(configuration.trialCount, "trial"))\(part)\(done)\(stopping)"
    )
    if state.duplicateCount > 0 {
      printLine(
        "        \(Text.grouped(state.duplicateCount)) of them are the same training as another one, and left out")
    }
    let most = ranks.isMultiple(of: size) ? "" : "at most "
    printLine("ranks   \(ranks): \(Text.count(groups, "trial")) at a time, \(most)\(Text.count(size, "rank")) each")
    printLine("output  \(state.folder.path)")
  }

  /// Shows a trial that has ended: a line, unless there is a bar.
  public func show(_ record: TrialRecord, of trials: Int) {
    guard terminal == nil || record.outcome == .failed else { return }
    var parts = ["trial \(Text.grouped(record.trial))/\(Text.grouped(trials))"]
    parts += axes.map { "\($0.label) \(record.point[$0.setting]?.shortText ?? "")" }
    if record.outcome != .completed {
      parts.append(record.outcome.rawValue + (record.reason.map { ": \($0)" } ?? ""))
    }
    if let score = record.score { parts.append("\(record.scoreName) \(Text.fixed(score, 4))") }
    parts.append(Text.duration(record.seconds))
    printLine(parts.joined(separator: "  "))
  }

  /// Shows how far the sweep is, on a terminal.
  public func show(_ counts: SweepBoard.Counts) {
    self.counts = counts
    guard let terminal, isFirst, !isQuiet, total > 0 else { return }
    let elapsed = (ContinuousClock.now - begin) / .seconds(1)
    var parts = ["\(Text.grouped(counts.finished))/\(Text.grouped(total)) done"]
    if let best { parts.append("best \(Text.fixed(best, 4))") }
    if counts.diverged > 0 { parts.append("\(counts.diverged) diverged") }
    if counts.stopped > 0 { parts.append("\(counts.stopped) stopped") }
    if counts.failed > 0 { parts.append("\(counts.failed) failed") }
    if counts.finished > 0, counts.finished < total {
      parts.append("\(Text.duration(elapsed / Double(counts.finished) * Double(total - counts.finished))) left")
    }
    let text = parts.joined(separator: "  ")
    let room = min(terminal.width - text.count - 5, 30)
    let filled = room >= 8 ? counts.finished * room / total : 0
    let bar =
      room >= 8
      ? "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: room - filled) + "]  " : ""
    write("\r\u{1B}[K" + String((bar + text).prefix(terminal.width - 1)))
    barIsShown = true
  }

  /// Says how the sweep has ended; rank 0 only.
  public func end() {
    var parts = [Text.count(counts.finished, "trial")]
    if counts.diverged > 0 { parts.append("\(counts.diverged) diverged") }
    if counts.stopped > 0 { parts.append("\(counts.stopped) stopped early") }
    if counts.failed > 0 { parts.append("\(counts.failed) failed (the same command tries them again)") }
    if let best { parts.append("best accuracy \(Text.fixed(best, 4))") }
    parts.append("after \(Text.duration((ContinuousClock.now - begin) / .seconds(1)))")
    printLine("done    \(parts.joined(separator: ", "))")
  }

  private var best: Double? { [counts.best, bestBefore].compactMap { $0 }.max() }

  private func printLine(_ text: String) {
    guard !isQuiet else { return }
    if barIsShown { write("\r\u{1B}[K") }
    barIsShown = false
    Progress.say(text, on: terminal)
  }

  private func write(_ text: String) { StandardStream.output.say(text) }
}
