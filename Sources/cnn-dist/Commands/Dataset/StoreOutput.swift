import Datasets
import Numerics

/// Writes a store for a command, and says what is in it.
struct StoreOutput {
  /// The parts to write.
  let parts: [SplitName: StorePart]
  let classNames: [String]
  /// What was left out, a line each.
  var skipped: [String] = []
  /// How what could mean several things was taken, a sentence each.
  var notes: [String] = []
  let options: StoreOutputOptions
  /// When the command began.
  var begin = ContinuousClock.now

  private static let namedSkipped = 5
  private static let namedClasses = 20

  /// Writes the store and prints the summary.
  func write(_ progress: SampleProgress) throws {
    defer { progress.clear() }
    let result = try StoreWriter(parts, classNames: classNames)
      .write(to: options.output, replacing: options.force) { phase, done, total in
        switch phase {
        case .samples: progress.show("writing", done, of: total) { "\(Text.grouped($0)) images/s" }
        case .checksums: progress.show("checksums", done, of: total) { "\(Text.grouped($0)) blocks/s" }
        }
      }
    progress.clear()
    try StandardOutput.write(summary(result))
  }

  private func summary(_ result: StoreWriter.Result) -> String {
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    let rate = Text.grouped(Double(result.sampleCount) / max(seconds, 1e-9))
    var lines = [
      """
      \(options.output): \(Text.grouped(result.sampleCount)) images, \(Text.byteCount(result.byteCount)), in \
      \(Text.duration(seconds)) (\(rate) images/s)
      """
    ]
    for name in SplitName.allCases {
      guard let part = parts[name] else { continue }
      let shape = part.source.imageShape.map(String.init).joined(separator: "×")
      let images = "\(Text.grouped(part.count)) images \(shape) \(part.source.storage)"
      lines.append(row(name.rawValue, "\(images), \(labels(part))"))
    }
    if !classNames.isEmpty {
      let more = classNames.count - Self.namedClasses
      let names = classNames.prefix(Self.namedClasses).map(Text.visible).joined(separator: ", ")
      lines.append(row("classes", names + (more > 0 ? " and \(Text.grouped(more)) more" : "")))
    }
    if !skipped.isEmpty {
      let more = skipped.count - Self.namedSkipped
      lines.append(row("skipped", Text.grouped(skipped.count)))
      lines += skipped.prefix(Self.namedSkipped).map { "  \($0)" }
      if more > 0 { lines.append("  and \(Text.grouped(more)) more") }
    }
    lines += notes.map { row("note", $0) }
    let command = "cnn-dist train --store \(Text.shellWord(options.output)) --model "
    lines.append(
      row(
        "to train",
        suggestedModel.map { command + $0 } ?? "\(command)FILE.yaml, with a model for these images and labels"))
    return lines.joined(separator: "\n")
  }

  private func row(_ name: String, _ text: String) -> String {
    name + String(repeating: " ", count: max(1, 12 - name.count)) + text
  }

  private func labels(_ part: StorePart) -> String {
    switch part.source.labels {
    case .classes: "\(Text.grouped(classCount)) classes"
    case .values(_, 1): "1 number each"
    case .values(_, let width): "\(width) numbers each"
    }
  }

  private var classCount: Int {
    if !classNames.isEmpty { return classNames.count }
    return parts.values.reduce(0) { count, part in
      guard case .classes(let classes) = part.source.labels else { return count }
      return max(count, Int(classes.max() ?? -1) + 1)
    }
  }

  /// A model that takes such images and labels, and settings that it learns with; nil if the course has none.
  private var suggestedModel: String? {
    guard let train = parts[.train]?.source else { return nil }
    if case .values(_, let width) = train.labels {
      return width == 1 && train.imageShape == [5, 1, 1] ? "byhand-cnn --loss mean_squared_error" : nil
    }
    guard classCount <= 10, train.imageShape[0] >= 4, train.imageShape[1] >= 4, train.storage == .uint8
    else { return nil }
    let model =
      switch train.imageShape {
      case [28, 28, 1]: "mnist"
      case [32, 32, 3]: "cifar10"
      default: "digits"
      }
    // Bytes are fed as they are, and the course's models do not scale them.
    return "\(model) --learning-rate 0.0001"
  }
}
