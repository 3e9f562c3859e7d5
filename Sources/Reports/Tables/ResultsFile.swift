import FoundationEssentials
import NeuralNetwork

/// What a sweep yielded, for programs: `results.json`.
struct ResultsFile: Encodable {
  /// A point with its numbers over the seeds.
  struct Point: Encodable {
    var point: [String: ConfigurationValue]
    var trials: [Int]
    var isBest: Bool
    var outcomes: [String: Int]
    var training: [String: Numbers]
    var validation: [String: Numbers]

    private enum CodingKeys: String, CodingKey {
      case point, trials, isBest = "best", outcomes, training, validation
    }
  }

  /// A trial without its settings, which follow from the sweep's and its point, and its curve: the journal has both.
  struct Trial: Encodable {
    let record: TrialRecord

    private enum CodingKeys: String, CodingKey {
      case trial, point, seed, outcome, reason, epochs, training, validation, seconds
      case trainingSeconds = "training_seconds", imagesPerSecond = "images_per_second", group, finished, key
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(record.trial, forKey: .trial)
      try container.encode(record.point, forKey: .point)
      try container.encode(record.seed, forKey: .seed)
      try container.encode(record.outcome, forKey: .outcome)
      try container.encodeIfPresent(record.reason, forKey: .reason)
      try container.encode(record.epochs, forKey: .epochs)
      try container.encode(record.training, forKey: .training)
      try container.encode(record.validation, forKey: .validation)
      try container.encode(record.seconds, forKey: .seconds)
      try container.encode(record.trainingSeconds, forKey: .trainingSeconds)
      try container.encode(record.imagesPerSecond, forKey: .imagesPerSecond)
      try container.encode(record.group, forKey: .group)
      try container.encode(record.finished, forKey: .finished)
      try container.encode(record.key, forKey: .key)
    }
  }

  /// A mean, and the deviation if there are several.
  struct Numbers: Encodable {
    var mean: Double
    var sd: Double?
    var count: Int
  }

  var sweep: SweepDescription
  var measure: String
  var split: String
  var bestTrial: Int?
  var points: [Point]
  var trials: [Trial]

  private enum CodingKeys: String, CodingKey {
    case sweep, measure, split, bestTrial = "best_trial", points, trials
  }

  init(_ results: SweepResults) {
    sweep = results.description
    measure = results.measure.name
    split = results.title(of: results.judged)
    bestTrial = results.bestTrial?.trial
    points = results.points.enumerated().map { index, point in
      Point(
        point: point.trials[0].point, trials: point.trials.map(\.trial), isBest: index == results.bestPoint,
        outcomes: Dictionary(grouping: point.trials, by: \.outcome.rawValue).mapValues(\.count),
        training: Self.numbers(of: point, .training), validation: Self.numbers(of: point, .validation))
    }
    trials = results.trials.map(Trial.init)
  }

  /// The file's bytes.
  func bytes() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + Array("\n".utf8)
  }

  private static func numbers(of point: SweepPoint, _ split: TrialSplit) -> [String: Numbers] {
    let names = point.trials.reduce(into: Set<String>()) { $0.formUnion($1.numbers(split).keys) }
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        point.spread(name, split).map { (name, Numbers(mean: $0.mean, sd: $0.deviation, count: $0.count)) }
      })
  }
}
