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

extension ChannelStatistics {
  /// The same for all channels together, each of which has as many values.
  var ofAllChannels: ChannelStatistics {
    let count = Double(max(mean.count, 1))
    let common = mean.reduce(0, +) / count
    let square = zip(mean, variance).reduce(0) { $0 + $1.1 + ($1.0 - common) * ($1.0 - common) } / count
    return ChannelStatistics(
      mean: [common], variance: [square], minimum: minimum.min().map { [$0] } ?? [],
      maximum: maximum.max().map { [$0] } ?? [])
  }
}

extension ModelDescription {
  /// The same model with what a file has for its ``Normalization`` layers that do not know their mean and variance.
  ///
  /// - Parameter statistics: the mean and variance of the layer of that name; nil if there are none.
  public func normalizing(by statistics: (_ layer: String) throws -> (mean: [Double], variance: [Double])?) rethrows
    -> ModelDescription
  {
    var model = self
    for (index, layer) in layers.enumerated() {
      guard var layer = layer as? Normalization, !layer.isAdapted, let found = try statistics(layer.name ?? "") else {
        continue
      }
      (layer.mean, layer.variance, layer.range) = (found.mean, found.variance, nil)
      model = model.replacingLayer(index, by: layer)
    }
    return model
  }

  /// Whether the first layer has to know the training data's statistics.
  public var needsStatistics: Bool { (layers.first as? any AdaptedLayer)?.isAdapted == false }

  /// The same model for training data of these statistics.
  public func adapted(to statistics: ChannelStatistics) -> ModelDescription {
    guard let first = layers.first as? any AdaptedLayer else { return self }
    return replacingLayer(0, by: first.adapted(to: statistics))
  }
}
