import OneDNN

/// The mean of each window.
///
/// - Input: `[height, width, channels]`; output: `[height', width', channels]`; see ``Padding`` for the lengths.
///
/// Values outside the input are not counted, as in Keras.
public struct AveragePooling2D: PoolingLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "AveragePooling2D"
  /// Other names it goes by.
  public static let aliases = ["AvgPool2D"]
  /// The number of spatial dimensions.
  public static let spatialRank = 2
  /// What a window is reduced to.
  public static let pooling = PoolingKind.average
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(AveragePooling2D(poolSize: (2, 2)), on: [6, 6, 10]),
    LayerExample(AveragePooling2D(poolSize: (3, 2), strides: (2, 1), padding: .same), on: [7, 5, 2]),
    LayerExample(AveragePooling2D(poolSize: (2, 2)), on: [5, 7, 1]),
    LayerExample(AveragePooling2D(poolSize: (2, 2), strides: (3, 3)), on: [8, 8, 17]),
  ]

  /// The settings.
  public var settings: PoolingSettings

  /// A layer of these settings.
  public init(_ settings: PoolingSettings) { self.settings = settings }

  /// Pooling with Keras' defaults: windows that do not overlap.
  public init(poolSize: (Int, Int) = (2, 2), strides: (Int, Int)? = nil, padding: Padding = .valid) {
    settings = PoolingSettings(
      poolSize: [poolSize.0, poolSize.1], strides: strides.map { [$0.0, $0.1] }, padding: padding)
  }
}
