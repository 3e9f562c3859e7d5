import NeuralNetwork

/// What a sweep's journal says of one trial: a JSON object on a line of its own.
///
/// A number that is not finite is left out: JSON has no word for it.
public struct TrialRecord: Codable, Sendable, Equatable {
  /// How a trial ended.
  public enum Outcome: String, Codable, Sendable, CaseIterable {
    /// All epochs were trained.
    case completed
    /// The loss was no number any more.
    case diverged
    /// Others did better: the sweep's stopping rule ended it.
    case stopped
    /// It could not be trained.
    case failed
  }

  /// SHA-256 of what decides the result: the resolved settings, the store's fingerprint, the program's version.
  public var key: String
  /// The trial's number in the sweep, from 1.
  public var trial: Int
  /// The values of the axes, by the path of the setting: `optimizer.learning_rate`, `l2`.
  public var point: [String: ConfigurationValue]
  /// The seed that all random numbers of the trial followed from.
  public var seed: Int
  /// How it ended.
  public var outcome: Outcome
  /// Why it was stopped, where it diverged, what failed; nil if it is completed.
  public var reason: String?
  /// The epochs that were trained.
  public var epochs: Int
  /// What the trained network yields on the training split: `loss`, `accuracy`, as `metrics.jsonl` names them.
  public var training: [String: Double]
  /// What it yields on the split that it was validated on; empty if the store has none.
  public var validation: [String: Double]
  /// An entry for each epoch.
  public var curve: [Epoch]
  /// What the trial took, from its start to this record, in seconds.
  public var seconds: Double
  /// What its training steps took.
  public var trainingSeconds: Double
  /// Training samples a second.
  public var imagesPerSecond: Double
  /// The group of ranks that trained it, from 0.
  public var group: Int
  /// When it ended, `2026-11-26T07:30:00Z`.
  public var finished: String
  /// The settings, as a run file: `cnn-dist train --config` with it trains the same bits.
  public var configuration: String

  /// What an epoch yielded.
  public struct Epoch: Codable, Sendable, Equatable {
    /// Its number, from 1.
    public var epoch: Int
    /// The mean loss over its steps.
    public var loss: Double?
    /// The share of samples that were classified right, each before its update.
    public var accuracy: Double?
    /// The loss on the validation split; nil if it was not evaluated after this epoch.
    public var validationLoss: Double?
    /// The accuracy on the validation split.
    public var validationAccuracy: Double?

    /// An epoch.
    public init(
      epoch: Int, loss: Double? = nil, accuracy: Double? = nil, validationLoss: Double? = nil,
      validationAccuracy: Double? = nil
    ) {
      self.epoch = epoch
      self.loss = loss
      self.accuracy = accuracy
      self.validationLoss = validationLoss
      self.validationAccuracy = validationAccuracy
    }

    private enum CodingKeys: String, CodingKey {
      case epoch, loss, accuracy, validationLoss = "validation_loss", validationAccuracy = "validation_accuracy"
    }
  }

  /// A record.
  public init(
    key: String, trial: Int, point: [String: ConfigurationValue], seed: Int, outcome: Outcome, reason: String? = nil,
    epochs: Int, training: [String: Double] = [:], validation: [String: Double] = [:], curve: [Epoch] = [],
    seconds: Double, trainingSeconds: Double, imagesPerSecond: Double, group: Int, finished: String,
    configuration: String
  ) {
    self.key = key
    self.trial = trial
    self.point = point
    self.seed = seed
    self.outcome = outcome
    self.reason = reason
    self.epochs = epochs
    self.training = training
    self.validation = validation
    self.curve = curve
    self.seconds = seconds
    self.trainingSeconds = trainingSeconds
    self.imagesPerSecond = imagesPerSecond
    self.group = group
    self.finished = finished
    self.configuration = configuration
  }

  private enum CodingKeys: String, CodingKey {
    case key, trial, point, seed, outcome, reason, epochs, training, validation, curve, seconds
    case trainingSeconds = "training_seconds", imagesPerSecond = "images_per_second", group, finished, configuration
  }
}
