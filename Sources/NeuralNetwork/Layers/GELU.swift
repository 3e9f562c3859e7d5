/// `x Φ(x)` of each value, `Φ` being the normal distribution function (Hendrycks and Gimpel, 2016), as a layer of its own.
public struct GELU: PlainActivationLayer {
  /// Its name in files.
  public static let kind = "GELU"
  /// The function.
  public static let function = Activation.elementwise(.gelu)

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?

  /// The layer has no settings.
  public init() {}
}
