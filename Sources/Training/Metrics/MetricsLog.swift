import HDF5
import NeuralNetwork
import Numerics

/// `metrics.jsonl`: one JSON object per line, for each epoch and, if wanted, for steps.
///
/// Written by rank 0 with checked writes, a line at a time: what is there is complete but for a line that a kill tore.
final class MetricsLog {
  /// The file, for who makes sure that it is on the disk.
  let file: JSONLinesFile

  /// Opens the file to append.
  ///
  /// - Parameter progress: lines from after this point are removed first; a killed run may have written some, and
  ///   training will come to them again.
  /// - Throws: ``FileReadError`` or `FileWriteError`.
  init(_ path: String, continuingFrom progress: TrainingProgress) throws {
    file = try JSONLinesFile(path) { Self.isBefore(progress, line: $0) }
  }

  /// Appends a step.
  func append(_ step: StepMetrics) throws {
    var line = "{\"step\":\(step.step),\"loss\":\(Self.json(step.loss))"
    if step.isSkipped { line += ",\"skipped\":true" }
    if let hashes = step.hashes {
      line += ",\"parameter_hash\":\"\(Text.hexadecimal(hashes.parameters))\""
      line += ",\"gradient_hash\":\"\(Text.hexadecimal(hashes.gradients))\""
    }
    try file.append(line + "}")
  }

  /// Appends an epoch and makes sure that it is on the disk.
  func append(_ epoch: EpochMetrics) throws {
    var line = "{\"epoch\":\(epoch.epoch),\"step\":\(epoch.step),\"loss\":\(Self.json(epoch.loss))"
    if let accuracy = epoch.accuracy { line += ",\"accuracy\":\(Self.json(accuracy))" }
    if let validation = epoch.validation {
      line += ",\"validation_loss\":\(Self.json(validation.loss))"
      for result in validation.results { line += ",\"validation_\(result.name)\":\(Self.json(result.value))" }
    }
    if epoch.skipped > 0 { line += ",\"skipped_samples\":\(epoch.skipped)" }
    line += ",\"seconds\":\(Self.json(epoch.seconds)),\"images_per_second\":\(Self.json(epoch.imagesPerSecond))"
    line += ",\"seconds_waited\":\(Self.json(epoch.secondsWaited))"
    if let times = epoch.rankTimes {
      line += ",\"step_seconds_fastest\":\(Self.json(times.fastest.seconds)),\"fastest_rank\":\(times.fastest.rank)"
      line += ",\"step_seconds_median\":\(Self.json(times.median.seconds))"
      line += ",\"step_seconds_slowest\":\(Self.json(times.slowest.seconds)),\"slowest_rank\":\(times.slowest.rank)"
    }
    try file.append(line + "}")
    try file.synchronize()
  }

  /// The hashes that the file has, by step.
  ///
  /// - Throws: ``FileReadError``.
  static func hashes(in path: String) throws -> [Int: StepHashes] {
    let text = String(decoding: try FileReadError.contents(of: path), as: UTF8.self)
    return text.split(separator: "\n").reduce(into: [:]) { all, line in
      guard let step = number("step", in: line), let parameters = hash("parameter_hash", in: line),
        let gradients = hash("gradient_hash", in: line)
      else { return }
      all[step] = StepHashes(parameters: parameters, gradients: gradients)
    }
  }

  private static func hash(_ key: String, in line: Substring) -> UInt64? {
    guard let start = line.range(of: "\"\(key)\":\"")?.upperBound else { return nil }
    return UInt64(line[start...].prefix { $0 != "\"" }, radix: 16)
  }

  private static func json(_ number: Double) -> String { JSONLinesFile.json(number) }

  /// A number, or the rows of a table as lists.
  private static func json(_ value: MetricValue) -> String {
    switch value {
    case .number, .share: json(value.number ?? .nan)
    case .table(let rows): "\(rows)".replacing(" ", with: "")
    }
  }

  /// Whether training has passed the line at `progress`: its epoch is complete, or its step done.
  private static func isBefore(_ progress: TrainingProgress, line: Substring) -> Bool {
    if let epoch = number("epoch", in: line) { return epoch <= progress.epoch }
    return number("step", in: line).map { $0 <= progress.updates } ?? false
  }

  private static func number(_ key: String, in line: Substring) -> Int? {
    guard let start = line.range(of: "\"\(key)\":")?.upperBound else { return nil }
    return Int(line[start...].prefix { $0.isNumber })
  }
}

extension Substring {
  fileprivate func range(of text: String) -> Range<Index>? { self.ranges(of: text).first }
}
