/// The mean over a sample's outputs of `|ŷ - y|`; the derivative at 0 is 0.
public struct MeanAbsoluteError: ElementwiseLoss {
  /// Its name in files: Keras' own.
  public static let kind = "mean_absolute_error"
  /// Other names it goes by.
  public static let aliases = ["mae"]

  /// The loss has no settings.
  public init() {}

  /// The loss of one output, and its derivative with respect to the output.
  public static func compare(_ output: Float, _ target: Float) -> (loss: Double, gradient: Float) {
    let difference = output - target
    return (Double(difference.magnitude), difference > 0 ? 1 : difference < 0 ? -1 : 0)
  }
}
