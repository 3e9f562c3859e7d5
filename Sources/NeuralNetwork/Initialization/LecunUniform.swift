/// Uniform in `±√(3 / fan_in)`, which keeps the variance of signals.
///
/// Source: LeCun, Bottou, Orr and Müller, "Efficient backprop" (1998).
public struct LecunUniform: VarianceScalingPreset {
  /// Its name in files: Keras' class name.
  public static let kind = "LecunUniform"
  /// What it stands for.
  public static let scaling = VarianceScaling(scale: 1, mode: .fanIn, distribution: .uniform)

  /// The initializer has no settings.
  public init() {}
}
