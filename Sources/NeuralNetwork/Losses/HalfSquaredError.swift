/// The sum over a sample's outputs of `½ (ŷ - y)²`: the loss of the networks that the documents work by hand.
public struct HalfSquaredError: ElementwiseLoss {
  /// Its name in files.
  public static let kind = "half_squared_error"
  /// A sample's loss is the sum over its outputs.
  public static let isMeanOverOutputs = false

  /// The loss has no settings.
  public init() {}

  /// Keras has none with the factor ½: its files say mean squared error.
  public var kerasForm: any Registered { MeanSquaredError() }

  /// The loss of one output, and its derivative with respect to the output.
  public static func compare(_ output: Float, _ target: Float) -> (loss: Double, gradient: Float) {
    let difference = output - target
    return (Double(difference) * Double(difference) / 2, difference)
  }
}
