/// Sets whole channels of an image to zero at random in training; see ``DropoutLayer``.
///
/// Input and output: `[height, width, channels]`.
public struct SpatialDropout2D: DropoutLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "SpatialDropout2D"
  /// What the contract tests run on.
  public static let examples = [LayerExample(SpatialDropout2D(rate: 0.5), on: [4, 3, 20])]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The share of channels that is set to zero, below 1.
  public var rate: Double

  /// A layer that drops this share.
  public init(rate: Double) { self.rate = rate }

  /// Whole channels.
  public func draws(for input: Shape) -> DropoutDraws { .channels }

  /// The input's, which must be an image.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    guard input.rank == 3 else {
      throw ShapeError(
        expected: "images (height, width, channels)", found: input, advice: "use Dropout for other shapes")
    }
    return input
  }
}
