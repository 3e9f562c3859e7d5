import NeuralNetwork
import Numerics

/// What rank 0 shows while training: a bar on a terminal, plain lines in a file or a pipe.
public final class Progress {
  private let terminal: Terminal?
  private let epochs: Int
  private let stepsPerEpoch: Int
  private var firstStep: Int?
  private var epochTotals = EpochTotals()
  private var epoch = 0
  /// The samples of the epoch's first step, which was over when the clock started.
  private var untimed = 0
  private let begin = ContinuousClock.now
  private var epochBegin = ContinuousClock.now
  private var lastShown = ContinuousClock.now
  private var barIsShown = false

  /// Starts the clock.
  public init(_ setup: TrainingSetup, epochs: Int, terminal: Terminal? = .ofThisProcess()) {
    self.terminal = terminal
    self.epochs = epochs
    stepsPerEpoch = setup.stepsPerEpoch
    printLine(Self.introduction(setup))
  }

  /// What runs where.
  private static func introduction(_ setup: TrainingSetup) -> String {
    let validation =
      setup.validation.map { ", \(Text.grouped($0.count)) \($0.split.rawValue) (evaluated after every epoch)" } ?? ""
    let labels =
      switch setup.targets {
      case .classes(let count): Text.count(count, "class")
      case .values(let width): width == 1 ? "1 number each" : "\(Text.count(width, "number")) each"
      }
    // Layers that are written out have no name.
    let name = setup.modelName == ModelDescription.nameless ? "" : "\(setup.modelName): "
    let shape = setup.imageShape.dimensions.map(String.init).joined(separator: "×")
    return """
      \(setup.platform)
      ranks   \(setup.rankCount) on \(setup.nodeCount) \(setup.nodeCount == 1 ? "node" : "nodes") (\(setup.reduction))
      store   \(setup.storePath): \(Text.grouped(setup.trainingSampleCount)) train\(validation); \(shape), \(labels); \(setup.residence)
      model   \(name)\(Text.count(setup.layerCount, "layer")), \(Text.count(setup.parameterCount, "parameter"))
      """
  }

  /// Prints a line of its own.
  public func printLine(_ text: String) {
    clearBar()
    Self.say(text, on: terminal)
  }

  /// Says lines, broken where the terminal ends; what goes on is below the first line's text.
  public static func say(_ text: String, on terminal: Terminal?) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      terminal.map { Text.wrapped(String(line), to: $0.width, indent: 8) } ?? [String(line)]
    }
    StandardStream.output.say(Text.visibleLines(lines.joined(separator: "\n")) + "\n")
  }

  /// Shows a step, if it is time.
  public func show(_ step: StepMetrics) {
    if step.epoch != epoch {
      epoch = step.epoch
      epochTotals = EpochTotals()
      epochBegin = .now
      untimed = step.count
    }
    epochTotals.add(step)
    let first = firstStep ?? step.step - 1
    firstStep = first
    let now = ContinuousClock.now
    guard now - lastShown >= (terminal == nil ? .seconds(30) : .milliseconds(100)) else { return }
    lastShown = now
    let elapsed = (now - begin) / .seconds(1)
    let left =
      elapsed / Double(max(step.step - first, 1))
      * (Double(epochs) * Double(stepsPerEpoch) - Double(step.step))
    let timed = epochTotals.count - untimed
    let rate = Double(timed) / max((now - epochBegin) / .seconds(1), 1e-9)
    let numbers =
      "loss \(Text.fixed(epochTotals.meanLoss, 4))  "
      + (step.correct == nil ? "" : "accuracy \(Text.fixed(epochTotals.accuracy, 4))  ")
      + (timed > 0 ? "\(Text.grouped(rate)) images/s  " : "") + "\(Text.duration(left)) left"
    let position = step.step - (step.epoch - 1) * stepsPerEpoch
    let epochText = "epoch \(Text.grouped(step.epoch))/\(Text.grouped(epochs))"
    guard let terminal else {
      printLine("\(epochText)  step \(Text.grouped(position))/\(Text.grouped(stepsPerEpoch))  \(numbers)")
      return
    }
    let room = terminal.width - epochText.count - numbers.count - 7
    let bar = room >= 8 ? self.bar(Double(position) / Double(stepsPerEpoch), width: min(room, 30)) + "  " : ""
    let line = "\(epochText)  \(bar)\(numbers)"
    write("\r\u{1B}[K" + String(line.prefix(terminal.width - 1)))
    barIsShown = true
  }

  /// Prints an epoch; in a narrow terminal on several lines, without speed and time where they do not fit.
  public func show(_ epoch: EpochMetrics) {
    var parts = ["epoch \(Text.grouped(epoch.epoch))/\(Text.grouped(epochs))", "loss \(Text.fixed(epoch.loss, 4))"]
    if let accuracy = epoch.accuracy { parts.append("accuracy \(Text.fixed(accuracy, 4))") }
    if let validation = epoch.validation {
      let measured = ["validation loss \(Text.fixed(validation.loss, 4))"] + validation.text(decimals: 4)
      let together = measured.joined(separator: "  ")
      parts += terminal.map { together.count + 2 < $0.width } ?? true ? [together] : measured
    }
    var lines = [""]
    for part in parts {
      let separator = lines == [""] ? "" : "  "
      if let terminal, lines[lines.count - 1].count + 2 + part.count >= terminal.width, lines != [""] {
        lines.append("  " + part)
      } else {
        lines[lines.count - 1] += separator + part
      }
    }
    // An epoch whose steps were all done before the resume has no speed.
    var times = epoch.imagesPerSecond > 0 ? ["\(Text.grouped(epoch.imagesPerSecond)) images/s"] : []
    times.append(Text.duration(epoch.seconds))
    // Reading that keeps up is not worth a word.
    if epoch.secondsWaited > 0.02 * epoch.seconds && epoch.secondsWaited >= 0.05 {
      times.append("waited \(Text.duration(epoch.secondsWaited)) for samples")
    }
    if let ranks = epoch.rankTimes, ranks.hasStraggler, epoch.seconds >= 1 {
      let factor = Text.fixed(ranks.slowest.seconds / max(ranks.median.seconds, 1e-9), 1)
      times.append("rank \(ranks.slowest.rank) needs \(factor) times as long as most")
    }
    for part in times {
      if let terminal, lines[lines.count - 1].count + 2 + part.count >= terminal.width { break }
      lines[lines.count - 1] += "  " + part
    }
    printLine(lines.joined(separator: "\n"))
  }

  private func clearBar() {
    guard barIsShown else { return }
    write("\r\u{1B}[K")
    barIsShown = false
  }

  private func bar(_ share: Double, width: Int) -> String {
    let filled = Int((share * Double(width)).rounded(.down))
    return "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: width - filled) + "]"
  }

  private func write(_ text: String) { StandardStream.output.say(text) }
}
