import Glibc
import HDF5
import NeuralNetwork

/// `metrics.jsonl`: one JSON object per line, for each epoch and, if wanted, for steps.
///
/// Written by rank 0 with checked writes, a line at a time: what is there is complete but for a line that a kill tore.
final class MetricsLog {
  private let path: String
  private let descriptor: Int32

  /// Opens the file to append.
  ///
  /// - Parameter progress: lines from after this point are removed first; a killed run may have written some, and
  ///   training will come to them again.
  /// - Throws: ``FileReadError`` or `FileWriteError`.
  init(_ path: String, continuingFrom progress: TrainingProgress) throws {
    self.path = path
    if access(path, F_OK) == 0 {
      let lines = String(decoding: try FileReadError.contents(of: path), as: UTF8.self)
      let kept = lines.split(separator: "\n").filter { Self.isBefore(progress, line: $0) }
      try AtomicFile.write(Array(kept.map { $0 + "\n" }.joined().utf8), to: path)
    }
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileWriteError(path: path, operation: "open", errno: errno, byteCount: 0) }
  }

  deinit { close(descriptor) }

  /// Appends a step.
  func append(_ step: StepMetrics) throws {
    try append("{\"step\":\(step.step),\"loss\":\(Self.json(step.loss))}\n")
  }

  /// Appends an epoch and makes sure that it is on the disk.
  func append(_ epoch: EpochMetrics) throws {
    var line = "{\"epoch\":\(epoch.epoch),\"step\":\(epoch.step),\"loss\":\(Self.json(epoch.loss))"
    if let accuracy = epoch.accuracy { line += ",\"accuracy\":\(Self.json(accuracy))" }
    if let validation = epoch.validation {
      line += ",\"validation_loss\":\(Self.json(validation.loss))"
      for result in validation.results { line += ",\"validation_\(result.name)\":\(Self.json(result.value))" }
    }
    line += ",\"seconds\":\(Self.json(epoch.seconds)),\"images_per_second\":\(Self.json(epoch.imagesPerSecond))"
    line += ",\"seconds_waited\":\(Self.json(epoch.secondsWaited))}\n"
    try append(line)
    guard fsync(descriptor) == 0 else { throw failure("sync", byteCount: 0) }
  }

  private func append(_ line: String) throws {
    var line = line
    try line.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw failure("write", byteCount: bytes.count) }
        written += count
      }
    }
  }

  private func failure(_ operation: String, byteCount: Int) -> FileWriteError {
    FileWriteError(path: path, operation: operation, errno: errno, byteCount: byteCount)
  }

  /// The shortest decimal that reads back as the same number; JSON has no word for the others.
  private static func json(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }

  /// A number, or the rows of a table as lists.
  private static func json(_ value: MetricValue) -> String {
    switch value {
    case .number, .share: json(value.number ?? .nan)
    case .table(let rows): "\(rows)".replacing(" ", with: "")
    }
  }

  /// Whether training has passed the line at `progress`: its epoch is complete, or its step done.
  private static func isBefore(_ progress: TrainingProgress, line: Substring) -> Bool {
    guard line.hasSuffix("}") else { return false }
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
