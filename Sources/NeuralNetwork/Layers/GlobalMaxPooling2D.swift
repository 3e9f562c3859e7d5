/// The largest value of each channel over the whole image.
///
/// - Input: `[height, width, channels]`; output: `[channels]`.
public struct GlobalMaxPooling2D: GlobalPoolingLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "GlobalMaxPooling2D"
  /// Other names it goes by.
  public static let aliases = ["GlobalMaxPool2D"]
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(GlobalMaxPooling2D(), on: [5, 4, 3]), LayerExample(GlobalMaxPooling2D(), on: [2, 2, 17]),
    LayerExample(GlobalMaxPooling2D(), on: [1, 1, 4]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?

  /// The layer has no settings.
  public init() {}

  /// The pooling layer that has one window of this height and width.
  public static func pooling(height: Int, width: Int) -> any Layer { MaxPooling2D(poolSize: (height, width)) }
}
