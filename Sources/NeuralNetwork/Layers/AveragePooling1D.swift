import OneDNN

/// The mean of each window.
///
/// - Input: `[length, channels]`; output: `[length', channels]`; see ``Padding`` for the lengths.
///
/// Values outside the input are not counted, as in Keras.
public struct AveragePooling1D: PoolingLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "AveragePooling1D"
  /// Other names it goes by.
  public static let aliases = ["AvgPool1D"]
  /// The number of spatial dimensions.
  public static let spatialRank = 1
  /// What a window is reduced to.
  public static let pooling = PoolingKind.average
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(AveragePooling1D(poolSize: 2), on: [6, 3]),
    LayerExample(AveragePooling1D(poolSize: 3, strides: 2, padding: .same), on: [8, 17]),
  ]

  /// The settings.
  public var settings: PoolingSettings

  /// A layer of these settings.
  public init(_ settings: PoolingSettings) { self.settings = settings }

  /// Pooling with Keras' defaults: windows that do not overlap.
  public init(poolSize: Int = 2, strides: Int? = nil, padding: Padding = .valid) {
    settings = PoolingSettings(
      poolSize: [poolSize], strides: strides.map { [$0] }, padding: padding)
  }
}
