/// The hyperbolic tangent of each value, as a layer of its own.
public struct Tanh: PlainActivationLayer {
  /// Its name in files.
  public static let kind = "Tanh"
  /// The function.
  public static let function = Activation.tanh

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?

  /// The layer has no settings.
  public init() {}
}
