/// `log(1 + exp(x))` of each value, as a layer of its own.
public struct Softplus: PlainActivationLayer {
  /// Its name in files.
  public static let kind = "Softplus"
  /// The function.
  public static let function = Activation.elementwise(.softplus)

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?

  /// The layer has no settings.
  public init() {}
}
