/// A layer whose settings can follow from the training data.
public protocol AdaptedLayer: Layer {
  /// Whether they are known.
  var isAdapted: Bool { get }
  /// The same layer for data of these statistics.
  func adapted(to statistics: ChannelStatistics) -> Self
}

/// What the values of each channel of the training data are like.
public struct ChannelStatistics: Sendable, Equatable {
  /// The mean of each channel.
  public var mean: [Double]
  /// The mean square of the distance from the mean of each channel.
  public var variance: [Double]
  /// The smallest value of each channel.
  public var minimum: [Double]
  /// The largest value of each channel.
  public var maximum: [Double]

  /// Collects the numbers, one of each for every channel.
  public init(mean: [Double], variance: [Double], minimum: [Double], maximum: [Double]) {
    self.mean = mean
    self.variance = variance
    self.minimum = minimum
    self.maximum = maximum
  }
}

extension ModelDescription {
  /// Whether the first layer has to know the training data's statistics.
  public var needsStatistics: Bool { (layers.first as? any AdaptedLayer)?.isAdapted == false }

  /// The same model for training data of these statistics.
  public func adapted(to statistics: ChannelStatistics) -> ModelDescription {
    guard let first = layers.first as? any AdaptedLayer else { return self }
    return replacingFirstLayer(by: first.adapted(to: statistics))
  }
}
