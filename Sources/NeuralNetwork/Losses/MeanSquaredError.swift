/// The mean over a sample's outputs of `(ŷ - y)²`.
public struct MeanSquaredError: ElementwiseLoss {
  /// Its name in files: Keras' own.
  public static let kind = "mean_squared_error"
  /// Other names it goes by.
  public static let aliases = ["mse"]

  /// The loss has no settings.
  public init() {}

  /// The loss of one output, and its derivative with respect to the output.
  public static func compare(_ output: Float, _ target: Float) -> (loss: Double, gradient: Float) {
    let difference = output - target
    return (Double(difference) * Double(difference), 2 * difference)
  }
}
