/// The learning rate is constant between boundaries: `factors[i]`, where `i` boundaries are below `n` after `n` updates.
///
/// Keras' `PiecewiseConstantDecay`, whose `values` are rates; `factors` are the values divided by the optimizer's rate. As
/// there, the update after exactly `boundaries[i]` others still has `factors[i]`.
public struct PiecewiseConstantDecay: Schedule {
  /// Its name in files; Keras' class name is read too.
  public static let kind = "piecewise_constant_decay"
  /// Other names it goes by.
  public static let aliases = ["PiecewiseConstant", "step"]

  /// The numbers of updates after which the rate changes, ascending.
  public var boundaries: [Int]
  /// The factors before, between and after the boundaries: one more than there are boundaries.
  public var factors: [Double]

  /// A rate that changes at `boundaries`.
  public init(boundaries: [Int], factors: [Double]) {
    precondition(factors.count == boundaries.count + 1, "one factor more than boundaries")
    self.boundaries = boundaries
    self.factors = factors
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case boundaries, factors }

  /// Reads the boundaries and the factors.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.scheduleContainer(keyedBy: CodingKeys.self)
    boundaries = try container.decode([Int].self, forKey: .boundaries)
    factors = try container.decode([Double].self, forKey: .factors)
    let place = ConfigurationError.place(decoder.codingPath)
    guard let first = boundaries.first, first >= 0, zip(boundaries, boundaries.dropFirst()).allSatisfy(<) else {
      throw ConfigurationError("boundaries must ascend from 0 or more, found \(boundaries)", at: place)
    }
    guard factors.count == boundaries.count + 1 else {
      throw ConfigurationError(
        "\(boundaries.count) boundaries need \(boundaries.count + 1) factors, found \(factors.count)", at: place)
    }
    guard factors.allSatisfy(NumberBounds.notNegative.contains) else {
      throw ConfigurationError("factors must not be negative, found \(factors)", at: place)
    }
  }

  /// The factor on the optimizer's learning rate.
  public func factor(afterUpdates updates: Int, batchSize: Int) -> Double {
    factors[boundaries.prefix { $0 < updates }.count]
  }

  /// Keras' own.
  public func kerasForm(of learningRate: Double, batchSize: Int) -> KerasLearningRate? {
    .schedule(
      className: "PiecewiseConstantDecay",
      config: [
        "boundaries": .array(boundaries.map { .int($0) }),
        "values": .array(factors.map { .double(learningRate * $0) }),
      ])
  }
}
