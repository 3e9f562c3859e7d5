import Datasets
import NeuralNetwork
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
  /// The images whose pixels are looked at for a first model.
  private static let lookedAt = 16
  /// Bytes up to this are counts or masks rather than shares of 255.
  private static let smallByte: UInt8 = 32
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
    try StandardOutput.write(try summary(result))
  }

  private func summary(_ result: StoreWriter.Result) throws -> String {
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    let rate = Text.grouped(Double(result.sampleCount) / max(seconds, 1e-9))
    var lines = [
      """
      \(options.output): \(Text.count(result.sampleCount, "image")), \(Text.byteCount(result.byteCount)), in \
      \(Text.duration(seconds)) (\(rate) images/s)
      """
    ]
    for name in SplitName.allCases {
      guard let part = parts[name] else { continue }
      let shape = part.source.imageShape.map(String.init).joined(separator: "×")
      let images = "\(Text.count(part.count, "image")) \(shape) \(part.source.storage)"
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
    lines.append(row("to train", try toTrain()))
    return lines.joined(separator: "\n")
  }

  private func row(_ name: String, _ text: String) -> String {
    name + String(repeating: " ", count: max(1, 12 - name.count)) + text
  }

  private func labels(_ part: StorePart) -> String {
    switch part.source.labels {
    case .classes: Text.count(classCount, "class")
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

  /// A command that learns something from the store, or what is missing for one.
  private func toTrain() throws -> String {
    let store = Text.shellWord(options.output)
    guard let part = parts[.train] else {
      return "there is no training part yet; cnn-dist dataset split \(store) --all --split 0.8/0.1/0.1 makes one"
    }
    let train = part.source
    var targets = TargetKind.classes(count: classCount)
    var statistics: (mean: Double, deviation: Double)?
    if case .values(let values, let width) = part.labels {
      targets = .values(width: width)
      let mean = values.reduce(0) { $0 + Double($1) } / Double(max(values.count, 1))
      let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(max(values.count, 1))
      statistics = (mean, variance.squareRoot())
    }
    if targets == .classes(count: 1) {
      return "all samples are of one class, which leaves nothing to tell apart: add samples of another"
    }
    let shape = Shape(train.imageShape)
    let largest = try largestByte(of: train)
    let command = "cnn-dist train --store \(store) --model"
    // The digits of the course.
    if shape == Shape([8, 8, 1]), targets == .classes(count: 10), let largest, largest <= 16 {
      return "\(command) digits"
    }
    let model = SuggestedModel(
      for: shape, targets, count: part.count, areBytes: (largest ?? 0) > Self.smallByte, labels: statistics)
    return "\(command) \(Text.shellWord(model.layers)) \(model.flags)"
  }

  /// The largest byte of the first images; nil if pixels are no bytes.
  private func largestByte(of source: any SampleSource) throws -> UInt8? {
    guard source.storage == .uint8 else { return nil }
    var image = [UInt8](repeating: 0, count: source.bytesPerImage)
    var largest: UInt8 = 0
    for index in 0..<min(Self.lookedAt, source.count) {
      try image.withUnsafeMutableBytes { try source.copyImage(index, into: $0) }
      largest = max(largest, image.max() ?? 0)
    }
    return largest
  }
}
