import Numerics

/// Normal with a mean and a standard deviation; what is farther than 2 deviations from the mean is drawn again.
public struct TruncatedNormal: Initializer {
  /// Its name in files: Keras' class name.
  public static let kind = "TruncatedNormal"

  /// The mean.
  public var mean: Double
  /// The standard deviation before the cut.
  public var deviation: Double

  /// Values with Keras' defaults.
  public init(mean: Double = 0, deviation: Double = 0.05) {
    self.mean = mean
    self.deviation = deviation
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case mean, deviation = "stddev" }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.initializerContainer(keyedBy: CodingKeys.self)
    mean = try container.decodeNumber(forKey: .mean, or: mean, .any)
    deviation = try container.decodeNumber(forKey: .deviation, or: deviation, .notNegative)
  }

  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  public func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream) {
    for index in 0..<values.count { values[index] = Float(mean + deviation * stream.truncatedNormal()) }
  }
}
