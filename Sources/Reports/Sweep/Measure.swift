import NeuralNetwork
import Numerics

/// What trials are compared by: their accuracy where they have one, or else their loss or another number.
public struct Measure: Sendable, Equatable {
  /// Its name in records.
  public var name: String
  /// Whether more of it is better.
  public var higherIsBetter: Bool

  /// What is fit to compare trials by; accuracy, even if there are no trials yet.
  public init(for records: [TrialRecord]) {
    let names = records.reduce(into: Set<String>()) { $0.formUnion($1.training.keys) }
    let name = ["accuracy", "loss"].first(where: names.contains) ?? names.min() ?? "accuracy"
    self.name = name
    higherIsBetter = !name.hasSuffix("loss") && !name.hasSuffix("error")
  }

  /// The loss.
  static let loss = Measure(name: "loss", higherIsBetter: false)

  private init(name: String, higherIsBetter: Bool) {
    self.name = name
    self.higherIsBetter = higherIsBetter
  }

  /// Its name as people read it.
  public var title: String { name.split(separator: "_").joined(separator: " ") }

  /// A number of it as people read it.
  public func text(_ number: Double) -> String {
    name == "accuracy" ? Text.fixed(number, 3) : NumberLabel.text(number, digits: 3, keepsZeros: true)
  }

  /// Whether one number is better than another.
  public func isBetter(_ one: Double, than other: Double) -> Bool { higherIsBetter ? one > other : one < other }

  /// The numbers of an epoch: on the training split, and on the one for validation.
  func value(of epoch: TrialRecord.Epoch, _ split: TrialSplit) -> Double? {
    switch (name, split) {
    case ("accuracy", .training): epoch.accuracy
    case ("accuracy", .validation): epoch.validationAccuracy
    case ("loss", .training): epoch.loss
    case ("loss", .validation): epoch.validationLoss
    default: nil
    }
  }
}

/// Where a trial was evaluated.
public enum TrialSplit: String, Sendable, CaseIterable {
  /// On what it was trained with.
  case training
  /// On the split that was held back: `validation`, or `test` if there is no other.
  case validation
}

extension TrialRecord {
  /// What the trained network yields on a split.
  func numbers(_ split: TrialSplit) -> [String: Double] { split == .training ? training : validation }
}
