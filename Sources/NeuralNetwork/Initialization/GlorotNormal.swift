/// Normal with variance `2 / (fan_in + fan_out)`, cut at 2 deviations, as Keras does.
///
/// Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
public struct GlorotNormal: VarianceScalingPreset {
  /// Its name in files: Keras' class name.
  public static let kind = "GlorotNormal"
  /// Other names it goes by.
  public static let aliases = ["xavier_normal"]
  /// What it stands for.
  public static let scaling = VarianceScaling(scale: 1, mode: .fanAverage, distribution: .truncatedNormal)

  /// The initializer has no settings.
  public init() {}
}
