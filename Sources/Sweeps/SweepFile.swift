import NeuralNetwork
import Training

/// A whole sweep as a YAML file; each key is also a flag of the command, which is stronger.
///
///     axes:
///       - optimizer.learning_rate: 1e-5:10:log7
///       - l2: [0, 0.001, 0.01]
///       - model.filters=8,16
///     repeats: 3
///     random: 50                 # or latin_hypercube: 50; neither takes every combination
///     stopping: median
///     ranks_per_trial: 2
///     settings:                  # the keys of a run file
///       model: digits
///       epochs: 100
public struct SweepFile: Decodable, Sendable {
  /// The axes, in order.
  public var axes: [Axis] = []
  /// The seeds at each point.
  public var repeats: Int?
  /// The points drawn at random.
  public var random: Int?
  /// The points of a Latin hypercube.
  public var latinHypercube: Int?
  /// What ends trials early.
  public var stopping: StoppingMethod?
  /// The ranks that train a trial together.
  public var ranksPerTrial: Int?
  /// The settings of all trials.
  public var settings = ConfigurationTree()

  /// Nothing.
  public init() {}

  /// A sweep that is known.
  public init(_ sweep: SweepConfiguration) {
    axes = sweep.grid.axes
    repeats = sweep.repeats
    switch sweep.grid.sampling {
    case .all: break
    case .random(let count): random = count
    case .latinHypercube(let count): latinHypercube = count
    }
    stopping = sweep.stopping
    ranksPerTrial = sweep.ranksPerTrial
    settings = sweep.settings
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case axes, repeats, random, latinHypercube = "latin_hypercube", stopping, ranksPerTrial = "ranks_per_trial",
      settings
  }

  /// Reads the keys that are written.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    axes = try (container.decodeIfPresent([ConfigurationValue].self, forKey: .axes) ?? []).map { try Self.axis($0) }
    repeats = try container.decodeIfPresent(Int.self, forKey: .repeats)
    random = try container.decodeIfPresent(Int.self, forKey: .random)
    latinHypercube = try container.decodeIfPresent(Int.self, forKey: .latinHypercube)
    stopping = try container.decodeChoice(forKey: .stopping)
    ranksPerTrial = try container.decodeIfPresent(Int.self, forKey: .ranksPerTrial)
    guard let settings = try container.decodeIfPresent(ConfigurationValue.self, forKey: .settings) else { return }
    self.settings = ConfigurationTree(settings)
    guard self.settings.isMapping else {
      throw ConfigurationError("expected keys and values", at: "settings", advice: "write one 'key: value' a line")
    }
  }

  /// An entry of the list of axes: `setting=values` as on the command line, or `setting: values`.
  private static func axis(_ value: ConfigurationValue) throws(ConfigurationError) -> Axis {
    switch value {
    case .string(let text): return try Axis(text)
    case .mapping(let mapping):
      if mapping.count == 1, let (setting, values) = mapping.first {
        switch values {
        case .array(let list): return try Axis(setting: setting, listed: list)
        case .mapping, .null: break
        case .string(let text): return try Axis(setting: setting, text)
        default: return try Axis(setting: setting, listed: [values])
        }
      }
    default: break
    }
    throw ConfigurationError(
      "expected an axis, found \(value)", at: "axes", advice: "write '- optimizer.learning_rate: 1e-5:10:log7'")
  }

  /// Reads a file's text.
  ///
  /// - Throws: `ConfigurationError` with the file and the place.
  public init(yaml text: String, from file: String) throws {
    do {
      let tree = try ConfigurationTree(yaml: text, from: file)
      if case .mapping(let keys) = tree.root,
        let key = keys.keys.sorted().first(where: TrainingConfiguration.settings.contains)
      {
        throw ConfigurationError(
          "'\(key)' is a setting of runs", at: file, advice: "put it under 'settings:'; --config takes a run file")
      }
      self = try tree.decode(SweepFile.self)
    } catch var error as ConfigurationError {
      if !error.place.hasPrefix(file) { error.stands(in: file) }
      throw error
    }
  }
}
