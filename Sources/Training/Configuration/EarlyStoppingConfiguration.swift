import NeuralNetwork

/// When training ends before its last epoch.
public struct EarlyStoppingConfiguration: Codable, Sendable, Equatable {
  /// What is looked at after every epoch, by its name in `metrics.jsonl`.
  public var monitor = "validation_loss"
  /// Training ends after so many epochs in a row without improvement; nil for no such end.
  public var patience: Int?
  /// The least change that counts as an improvement.
  public var minDelta = 0.0
  /// Training ends when the monitored value is below this.
  public var below: Double?
  /// Training ends when the monitored value is above this.
  public var above: Double?
  /// Whether the model is that of the best epoch rather than of the last.
  public var restoreBestWeights = false

  /// Ends never.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case monitor, patience, minDelta = "min_delta", below, above, restoreBestWeights = "restore_best_weights"
  }

  /// Reads the keys that are written.
  ///
  /// - Throws: ``ConfigurationError`` if none of them says when to end.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    monitor = try container.decodeIfPresent(String.self, forKey: .monitor) ?? monitor
    patience = try container.decodeCountIfPresent(forKey: .patience, from: 0)
    minDelta = try container.decodeIfPresent(Double.self, forKey: .minDelta) ?? minDelta
    below = try container.decodeIfPresent(Double.self, forKey: .below)
    above = try container.decodeIfPresent(Double.self, forKey: .above)
    restoreBestWeights = try container.decodeIfPresent(Bool.self, forKey: .restoreBestWeights) ?? restoreBestWeights
    for (key, number) in [(CodingKeys.minDelta, minDelta), (.below, below ?? 0), (.above, above ?? 0)]
    where !number.isFinite || (key == .minDelta && number < 0) {
      throw ConfigurationError(
        "expected a number \(key == .minDelta ? "from 0 up" : "that is finite"), found \(number)",
        at: "early_stopping.\(key.rawValue)")
    }
    guard patience != nil || below != nil || above != nil else {
      throw ConfigurationError(
        "nothing says when to stop", at: "early_stopping", advice: "write patience: 10, below: 0.1 or above: 0.99")
    }
  }
}
