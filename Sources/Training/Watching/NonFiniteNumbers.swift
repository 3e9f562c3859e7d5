import Numerics

/// What happens when the loss or a gradient is no finite number.
public enum NonFinitePolicy: String, Codable, CaseIterable, Sendable {
  /// Training ends with an error, after a checkpoint of what was before.
  case stop
  /// The step changes nothing, and training goes on.
  case skip
  /// The step is taken as it is, as Keras does.
  case ignore

  /// How many steps may be skipped one after the other: more are no accident, and training would get nowhere.
  static let mostInARow = 10
}

/// A loss or a gradient that is no finite number.
public struct NonFiniteNumber: Error, Sendable, CustomStringConvertible {
  /// The step, counted from 1 over the whole training, and its epoch.
  public let step: Int, epoch: Int
  /// The first virtual shard that has it, and the rank that computes the shard; nil if only the sum of all has.
  public let shard: (number: Int, rank: Int, place: RankPlace)?
  /// Whether it is the loss; else it is the gradient alone.
  public let isLoss: Bool
  /// How many steps before it were skipped for the same reason, one after the other.
  public var skippedBefore = 0

  /// What is not finite, where, and what to do.
  public var description: String {
    let what = isLoss ? "loss" : "gradient"
    let place =
      shard.map { "of virtual shard \($0.number), on rank \($0.rank) (\($0.place))," } ?? "summed over all shards"
    let before = skippedBefore > 0 ? ", and \(Text.count(skippedBefore, "step")) before it were skipped" : ""
    return "the \(what) \(place) is no finite number in step \(step), in epoch \(epoch)\(before)"
  }

  /// What can be done about it.
  public var advice: String {
    let clip = "lower the learning rate or clip gradients (optimizer.clipnorm)"
    guard skippedBefore == 0 else { return clip }
    return clip + "; --non-finite skip leaves such steps out, --non-finite ignore goes on as Keras does"
  }
}
