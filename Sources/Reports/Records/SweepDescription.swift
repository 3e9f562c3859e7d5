import NeuralNetwork

/// What a sweep is: `sweep.json` in its folder, written before the first trial.
public struct SweepDescription: Codable, Sendable, Equatable {
  /// A setting that is varied.
  public struct Axis: Codable, Sendable, Equatable {
    /// How the values follow each other, and so how they are drawn.
    public enum Scale: String, Codable, Sendable {
      /// By equal differences.
      case linear
      /// By equal factors.
      case logarithmic
      /// As they were listed: texts, or numbers in no regular order.
      case listed
    }

    /// The path of the setting, `optimizer.learning_rate`.
    public var setting: String
    /// Its values in order; of a sampled range the two ends.
    public var values: [ConfigurationValue]
    /// How they are drawn.
    public var scale: Scale
    /// Whether the values are the two ends of a range that points are drawn from.
    public var isRange: Bool

    /// An axis.
    public init(setting: String, values: [ConfigurationValue], scale: Scale, isRange: Bool = false) {
      self.setting = setting
      self.values = values
      self.scale = scale
      self.isRange = isRange
    }

    private enum CodingKeys: String, CodingKey { case setting, values, scale, isRange = "is_range" }
  }

  /// A trial of the sweep, whether it is done or not.
  public struct PlannedTrial: Codable, Sendable, Equatable {
    /// Its number, from 1.
    public var trial: Int
    /// By what journals know it.
    public var key: String
    /// The values of the axes, by the path of the setting.
    public var point: [String: ConfigurationValue]

    /// A trial.
    public init(trial: Int, key: String, point: [String: ConfigurationValue]) {
      self.trial = trial
      self.key = key
      self.point = point
    }
  }

  /// The settings that are varied, in the order of the command; the first is the row of a heat map.
  public var axes: [Axis]
  /// How many points were drawn at random; nil if every combination of values is a point.
  public var sampled: Int?
  /// Whether they were drawn as a Latin hypercube.
  public var isLatinHypercube: Bool
  /// The seeds at each point.
  public var repeats: Int
  /// The number of trials.
  public var trials: Int
  /// The rule that ends trials early: none, median, halving.
  public var stopping: String
  /// The path of the store.
  public var store: String
  /// SHA-256 of what identifies the store.
  public var storeFingerprint: String
  /// The split that trials are validated on; nil if the store has none.
  public var validation: String?
  /// The model's name.
  public var model: String
  /// The epochs of a trial.
  public var epochs: Int
  /// The program's version.
  public var program: String
  /// The settings of all trials, as a run file; the axes lie over them.
  public var configuration: String
  /// The trials: journals may also have some of grids that were smaller, larger or had other axes.
  public var plan: [PlannedTrial]?

  /// A sweep.
  public init(
    axes: [Axis], sampled: Int? = nil, isLatinHypercube: Bool = false, repeats: Int, trials: Int, stopping: String,
    store: String,
    storeFingerprint: String, validation: String?, model: String, epochs: Int, program: String, configuration: String
  ) {
    self.axes = axes
    self.sampled = sampled
    self.isLatinHypercube = isLatinHypercube
    self.repeats = repeats
    self.trials = trials
    self.stopping = stopping
    self.store = store
    self.storeFingerprint = storeFingerprint
    self.validation = validation
    self.model = model
    self.epochs = epochs
    self.program = program
    self.configuration = configuration
  }

  private enum CodingKeys: String, CodingKey {
    case axes, sampled, isLatinHypercube = "is_latin_hypercube", repeats, trials, stopping, store, storeFingerprint =
      "store_fingerprint", validation, model
    case epochs, program, configuration, plan
  }
}
