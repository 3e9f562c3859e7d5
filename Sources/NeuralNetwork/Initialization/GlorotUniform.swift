import Numerics

/// Uniform in `±sqrt(6 / (fan_in + fan_out))`, which keeps the variance of signals and gradients from layer to layer.
///
/// Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
public struct GlorotUniform: Initializer {
  /// Its name in files: Keras' class name.
  public static let kind = "GlorotUniform"
  /// Other names it goes by.
  public static let aliases = ["xavier_uniform"]

  /// The initializer has no settings.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case seed, inputAxes = "input_axes", outputAxes = "output_axes"
  }

  /// Accepts Keras' settings; its seed is not used, since every draw here follows from the seed of the run.
  public init(from decoder: any Decoder) throws { _ = try decoder.strictContainer(keyedBy: CodingKeys.self) }

  /// Writes that there is no seed of its own.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeNil(forKey: .seed)
  }

  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  public func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream) {
    let fans = fans(of: shape)
    let limit = (6 / Float(fans.input + fans.output)).squareRoot()
    for index in 0..<values.count { values[index] = stream.uniform(-limit, limit) }
  }
}
