/// Sets values to zero at random in training; see ``DropoutLayer``.
///
/// Input and output have the same shape, any.
public struct Dropout: DropoutLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "Dropout"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(Dropout(rate: 0.5), on: [40]), LayerExample(Dropout(rate: 0.25), on: [4, 3, 5]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The share of values that is set to zero, below 1.
  public var rate: Double

  /// A layer that drops this share.
  public init(rate: Double) { self.rate = rate }

  /// Each value by itself.
  public func draws(for input: Shape) -> DropoutDraws { .values }

  /// The input's.
  public func outputShape(for input: Shape) -> Shape { input }
}
