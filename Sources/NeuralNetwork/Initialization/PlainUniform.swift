/// Uniform in `±1 / √fan_in`, the course documents' `U[-1/√p, 1/√p]` for a unit with `p` inputs.
///
/// Keras has it without a name: a file for Keras says `VarianceScaling` with scale 1/3, mode fan_in and distribution uniform.
public struct PlainUniform: VarianceScalingPreset {
  /// Its name in files.
  public static let kind = "PlainUniform"
  /// What it stands for.
  public static let scaling = VarianceScaling(scale: 1.0 / 3, mode: .fanIn, distribution: .uniform)

  /// The initializer has no settings.
  public init() {}

  /// What it stands for, since Keras has no name for it.
  public var kerasForm: any Registered { Self.scaling }
}
