import NeuralNetwork

/// What `metrics.jsonl` says of one epoch of a run.
struct EpochRecord: Decodable, Sendable, Equatable {
  /// Its number, from 1.
  let epoch: Int
  /// The mean loss over its steps; nil if that was no number.
  let loss: Double?
  /// The share of samples that were classified right, each before its update.
  let accuracy: Double?
  /// What the validation split yielded, without the tables: `loss`, `accuracy`, `r2_score`.
  let validation: [String: Double]
  /// What its steps took.
  let seconds: Double?
  /// Training samples a second.
  let imagesPerSecond: Double?
  /// How much of the time was waited for samples.
  let secondsWaited: Double?

  init(
    epoch: Int, loss: Double? = nil, accuracy: Double? = nil, validation: [String: Double] = [:],
    seconds: Double? = nil, imagesPerSecond: Double? = nil, secondsWaited: Double? = nil
  ) {
    self.epoch = epoch
    self.loss = loss
    self.accuracy = accuracy
    self.validation = validation
    self.seconds = seconds
    self.imagesPerSecond = imagesPerSecond
    self.secondsWaited = secondsWaited
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: AnyKey.self)
    func number(_ name: String) throws -> Double? {
      try container.decodeIfPresent(Double.self, forKey: AnyKey(stringValue: name))
    }
    let prefix = "validation_"
    var validation: [String: Double] = [:]
    for key in container.allKeys where key.stringValue.hasPrefix(prefix) {
      // A table is no number.
      validation[String(key.stringValue.dropFirst(prefix.count))] = try? container.decode(Double.self, forKey: key)
    }
    self.init(
      epoch: try container.decode(Int.self, forKey: AnyKey(stringValue: "epoch")), loss: try number("loss"),
      accuracy: try number("accuracy"), validation: validation, seconds: try number("seconds"),
      imagesPerSecond: try number("images_per_second"), secondsWaited: try number("seconds_waited"))
  }

  /// A line of `metrics.jsonl`: a step has no epoch.
  private struct Line: Decodable {
    let epoch: EpochRecord?

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: AnyKey.self)
      epoch = container.contains(AnyKey(stringValue: "epoch")) ? try EpochRecord(from: decoder) : nil
    }
  }

  /// The epochs that `metrics.jsonl` has.
  ///
  /// - Throws: `FileReadError`, or `ConfigurationError` with file and line.
  static func records(in path: String) throws -> [EpochRecord] {
    let lines = try JSONLines(of: path)
    return try (0..<lines.count).compactMap {
      try lines.decode(Line.self, line: $0, noun: "the metrics of an epoch or a step").epoch
    }
  }
}
