/// Uniform in `±√(6 / (fan_in + fan_out))`, which keeps the variance of signals and gradients from layer to layer.
///
/// Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
public struct GlorotUniform: VarianceScalingPreset {
  /// Its name in files: Keras' class name.
  public static let kind = "GlorotUniform"
  /// Other names it goes by.
  public static let aliases = ["xavier_uniform"]
  /// What it stands for.
  public static let scaling = VarianceScaling(scale: 1, mode: .fanAverage, distribution: .uniform)

  /// The initializer has no settings.
  public init() {}
}
