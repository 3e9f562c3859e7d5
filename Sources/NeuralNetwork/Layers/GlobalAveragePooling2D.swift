/// The mean of each channel over the whole image.
///
/// - Input: `[height, width, channels]`; output: `[channels]`.
public struct GlobalAveragePooling2D: GlobalPoolingLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "GlobalAveragePooling2D"
  /// Other names it goes by.
  public static let aliases = ["GlobalAvgPool2D"]
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(GlobalAveragePooling2D(), on: [5, 4, 3]), LayerExample(GlobalAveragePooling2D(), on: [2, 2, 17]),
    LayerExample(GlobalAveragePooling2D(), on: [1, 1, 4]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?

  /// The layer has no settings.
  public init() {}

  /// The pooling layer that has one window of this height and width.
  public static func pooling(height: Int, width: Int) -> any Layer { AveragePooling2D(poolSize: (height, width)) }
}
