/// Uniform in `±√(6 / fan_in)`, which keeps the variance of signals through ReLUs.
///
/// Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers" (2015).
public struct HeUniform: VarianceScalingPreset {
  /// Its name in files: Keras' class name.
  public static let kind = "HeUniform"
  /// Other names it goes by.
  public static let aliases = ["kaiming_uniform"]
  /// What it stands for.
  public static let scaling = VarianceScaling(scale: 2, mode: .fanIn, distribution: .uniform)

  /// The initializer has no settings.
  public init() {}
}
