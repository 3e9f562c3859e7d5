/// One-dimensional convolution: see ``ConvolutionLayer`` for the formula.
///
/// - Input: `[length, channels]`; output: `[length', filters]`; see ``Padding`` for the length.
/// - `kernel`: `[kernel length, channels, filters]`; `bias`: `[filters]`.
public struct Conv1D: ConvolutionLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "Conv1D"
  /// Other names it goes by.
  public static let aliases = ["Convolution1D"]
  /// The number of spatial dimensions.
  public static let spatialRank = 1
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(Conv1D(filters: 1, kernelSize: 3, activation: .sigmoid), on: [5, 1]),
    LayerExample(Conv1D(filters: 4, kernelSize: 4, strides: 2, padding: .same, activation: .relu), on: [9, 3]),
    LayerExample(Conv1D(filters: 2, kernelSize: 2, padding: .same, dilation: 3, useBias: false), on: [6, 17]),
    LayerExample(Conv1D(filters: 2, kernelSize: 3, strides: 2, padding: .full, activation: .tanh), on: [6, 3]),
    LayerExample(Conv1D(filters: 3, kernelSize: 2, padding: .explicit([3])), on: [5, 2]),
    LayerExample(Conv1D(filters: 3, kernelSize: 4, padding: .same, paddingMode: .constant(0.75)), on: [7, 2]),
    LayerExample(
      Conv1D(filters: 2, kernelSize: 3, padding: .full, paddingMode: .nearest, dilation: 2), on: [5, 3]),
  ]

  /// The settings.
  public var settings: ConvolutionSettings

  /// A layer of these settings.
  public init(_ settings: ConvolutionSettings) { self.settings = settings }

  /// A convolution with Keras' defaults.
  public init(
    filters: Int, kernelSize: Int, strides: Int = 1, padding: Padding = .valid, paddingMode: PaddingMode = .zeros,
    dilation: Int = 1,
    activation: Activation = .linear, useBias: Bool = true, kernelRegularizer: Regularizer? = nil
  ) {
    settings = ConvolutionSettings(
      filters: filters, kernelSize: [kernelSize], strides: [strides], padding: padding, paddingMode: paddingMode,
      dilation: [dilation],
      activation: activation, useBias: useBias, kernelRegularizer: kernelRegularizer)
  }
}
