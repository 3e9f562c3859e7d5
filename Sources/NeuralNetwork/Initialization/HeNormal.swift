/// Normal with variance `2 / fan_in`, cut at 2 deviations, as Keras does.
///
/// Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers" (2015).
public struct HeNormal: VarianceScalingPreset {
  /// Its name in files: Keras' class name.
  public static let kind = "HeNormal"
  /// Other names it goes by.
  public static let aliases = ["kaiming_normal"]
  /// What it stands for.
  public static let scaling = VarianceScaling(scale: 2, mode: .fanIn, distribution: .truncatedNormal)

  /// The initializer has no settings.
  public init() {}
}
