import OneDNN

/// The largest value of each window.
///
/// - Input: `[length, channels]`; output: `[length', channels]`; see ``Padding`` for the lengths.
///
/// The gradient goes to one element of the window, the first in row-major order where several are largest.
public struct MaxPooling1D: PoolingLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "MaxPooling1D"
  /// Other names it goes by.
  public static let aliases = ["MaxPool1D"]
  /// The number of spatial dimensions.
  public static let spatialRank = 1
  /// What a window is reduced to.
  public static let pooling = PoolingKind.maximum
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(MaxPooling1D(poolSize: 2), on: [6, 3]),
    LayerExample(MaxPooling1D(poolSize: 3, strides: 2, padding: .same), on: [8, 17]),
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
