/// Normal with variance `1 / fan_in`, cut at 2 deviations, as Keras does.
///
/// Source: LeCun, Bottou, Orr and Müller, "Efficient backprop" (1998).
public struct LecunNormal: VarianceScalingPreset {
  /// Its name in files: Keras' class name.
  public static let kind = "LecunNormal"
  /// What it stands for.
  public static let scaling = VarianceScaling(scale: 1, mode: .fanIn, distribution: .truncatedNormal)

  /// The initializer has no settings.
  public init() {}
}
