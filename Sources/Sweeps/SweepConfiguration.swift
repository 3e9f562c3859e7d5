import FoundationEssentials
import NeuralNetwork
import Numerics
import Training

/// Everything that a sweep is told: the axes, how trials are ended early, and the settings that they have in common.
public struct SweepConfiguration: Sendable {
  /// The settings of all trials, before the axes lie over them.
  public var settings: ConfigurationTree
  /// The points.
  public var grid: Grid
  /// The seeds at each point: the settings' own and those that follow.
  public var repeats: Int
  /// What ends trials early.
  public var stopping: StoppingMethod
  /// The ranks that train a trial together.
  public var ranksPerTrial: Int

  /// The number of trials that nobody asks for by mistake.
  public static let maximumTrialsUnasked = 10_000

  /// A sweep.
  public init(
    settings: ConfigurationTree, grid: Grid, repeats: Int = 1, stopping: StoppingMethod = .none, ranksPerTrial: Int = 1
  ) {
    self.settings = settings
    self.grid = grid
    self.repeats = repeats
    self.stopping = stopping
    self.ranksPerTrial = ranksPerTrial
  }

  /// The form in which one rank tells the others: JSON.
  public func message() throws -> [UInt8] { Array(try JSONEncoder().encode(Message(self))) }

  /// Reads what ``message()`` has written.
  public init(message: [UInt8]) throws {
    let message = try JSONDecoder().decode(Message.self, from: Data(message))
    self.init(
      settings: ConfigurationTree(message.settings), grid: try Grid(message.axes, message.sampling, seed: message.seed),
      repeats: message.repeats, stopping: message.stopping, ranksPerTrial: message.ranksPerTrial)
  }

  private struct Message: Codable {
    let settings: ConfigurationValue
    let axes: [Axis]
    let sampling: Grid.Sampling
    let seed: UInt64
    let repeats: Int
    let stopping: StoppingMethod
    let ranksPerTrial: Int

    init(_ sweep: SweepConfiguration) {
      settings = sweep.settings.root
      axes = sweep.grid.axes
      sampling = sweep.grid.sampling
      seed = sweep.grid.seed
      repeats = sweep.repeats
      stopping = sweep.stopping
      ranksPerTrial = sweep.ranksPerTrial
    }
  }

  /// The number of trials; the largest integer if it is larger.
  public var trialCount: Int {
    let (count, overflow) = grid.count.multipliedReportingOverflow(by: repeats)
    return overflow ? .max : count
  }

  /// Makes sure that so many trials are meant.
  ///
  /// - Throws: `ConfigurationError` if there are more than ``maximumTrialsUnasked``.
  public func requireModestSize() throws(ConfigurationError) {
    guard trialCount > Self.maximumTrialsUnasked else { return }
    let count = trialCount == .max ? "more trials than there are numbers" : Text.count(trialCount, "trial")
    throw ConfigurationError(
      "the axes make \(count)", at: "sweep",
      advice: "use fewer values, draw some with --random 100, or add --yes if that is what you want")
  }

  /// The same, if it can be done on so many ranks.
  ///
  /// - Throws: `ConfigurationError` that names what cannot be.
  public func checked(ranks: Int) throws -> SweepConfiguration {
    func check(_ value: Int, _ name: String) throws(ConfigurationError) {
      guard value < 1 else { return }
      throw ConfigurationError("expected a number from 1 up, found \(value)", at: name)
    }
    try check(repeats, "repeats")
    try check(ranksPerTrial, "ranks_per_trial")
    guard trialCount <= Axis.maximumCount else {
      throw ConfigurationError(
        "expected at most \(Text.grouped(Axis.maximumCount)) trials, found "
          + (trialCount == .max ? "more than there are numbers" : Text.grouped(trialCount)), at: "sweep",
        advice: "use fewer values or repeats, or draw some with --random 100")
    }
    guard ranksPerTrial <= ranks else {
      throw ConfigurationError(
        "\(Text.count(ranksPerTrial, "rank")) are to train a trial, and the job has \(ranks)", at: "ranks_per_trial",
        advice: "start more ranks with mpirun -n, or use fewer for a trial")
    }
    let shards = try base().virtualShards
    if grid.axes.allSatisfy({ $0.setting != "virtual_shards" }) {
      _ = try VirtualShards(count: shards, ranks: ranksPerTrial)
    }
    // An axis that is no setting is said before anything else is done.
    for axis in grid.axes { try axis.requireSetting() }
    _ = try trial(0)
    return self
  }

  /// The settings in common, checked.
  ///
  /// - Throws: `ConfigurationError` that names the place.
  public func base() throws -> TrainingConfiguration { try settings.decode(TrainingConfiguration.self) }

  /// Trial number `index`, from 0: all seeds of a point follow each other.
  ///
  /// - Throws: `ConfigurationError` if an axis is no setting, or a value does not fit it.
  public func trial(_ index: Int) throws -> Trial {
    let point = grid.point(index / repeats)
    var tree = settings
    // What contains others first: `optimizer` before `optimizer.learning_rate`.
    let depth = { (axis: Axis) in axis.setting.count { $0 == "." } }
    for (axis, value) in zip(grid.axes, point).sorted(by: { depth($0.0) < depth($1.0) }) {
      try Self.set(axis.setting, to: value, in: &tree)
    }
    var configuration: TrainingConfiguration
    do {
      configuration = try tree.decode(TrainingConfiguration.self)
      configuration.l2 = try configuration.modelDescription().l2
    } catch var error as ConfigurationError {
      error.stands(
        in: "trial \(index + 1), axes " + zip(grid.axes, point).map { "\($0.setting)=\($1)" }.joined(separator: " "))
      throw error
    }
    let (seed, overflow) = configuration.seed.addingReportingOverflow(index % repeats)
    guard !overflow else {
      throw ConfigurationError("the seed of a repeat is too large", at: "seed", advice: "use a smaller --seed")
    }
    configuration.seed = seed
    return Trial(number: index + 1, axes: grid.axes.map(\.setting), point: point, configuration: configuration)
  }

  /// Lays the value of an axis over the settings; one of ``ModelAxis`` over the model.
  private static func set(_ setting: String, to value: ConfigurationValue, in tree: inout ConfigurationTree) throws {
    guard let axis = ModelAxis(setting) else {
      if setting == "model", case .string(let name) = value, ModelSource.isFile(name) {
        return tree.set(setting, to: try ModelAxis.form(of: ModelSource(nameOrFile: name).description()))
      }
      return tree.set(setting, to: value)
    }
    let model = try tree.decode(TrainingConfiguration.self).model.description()
    tree.set("model", to: try axis.set(value, in: model))
  }
}

/// One point of a sweep with one seed: a training like any other.
public struct Trial: Sendable {
  /// Its number in the sweep, from 1.
  public let number: Int
  /// The paths of the axes.
  public let axes: [String]
  /// What they are set to.
  public let point: [ConfigurationValue]
  /// All settings.
  public let configuration: TrainingConfiguration

  /// The point as people read it: `learning-rate 0.1, l2 0.001`.
  public var text: String {
    let values = zip(axes, point).map { "\(Axis.label(of: $0)) \($1.shortText)" }
    return (values + ["seed \(configuration.seed)"]).joined(separator: ", ")
  }
}

extension ConfigurationValue {
  /// The same with five significant digits of a number, for people: `0.00031623`.
  var shortText: String {
    if case .double(let number) = self { "\(number.rounded(toSignificantDigits: 5))" } else { bareText }
  }

  /// A single value without quotes; lists and mappings as JSON-like text.
  public var bareText: String {
    switch self {
    case .string(let text): text
    case .array(let values): "[\(values.map(\.bareText).joined(separator: " "))]"
    case .mapping(let mapping):
      "{\(mapping.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.bareText)" }.joined(separator: ", "))}"
    default: description
    }
  }
}
