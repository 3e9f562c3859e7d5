/// Two-dimensional convolution: see ``ConvolutionLayer`` for the formula.
///
/// - Input: `[height, width, channels]`.
/// - Output: `[height', width', filters]`; see ``Padding`` for the lengths.
/// - `kernel`: `[kernel height, kernel width, channels, filters]`; `bias`: `[filters]`.
public struct Conv2D: ConvolutionLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "Conv2D"
  /// Other names it goes by.
  public static let aliases = ["Convolution2D"]
  /// The number of spatial dimensions.
  public static let spatialRank = 2
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(Conv2D(filters: 4, kernelSize: (3, 3)), on: [8, 8, 1]),
    LayerExample(Conv2D(filters: 10, kernelSize: (3, 3), activation: .relu), on: [8, 8, 1]),
    LayerExample(Conv2D(filters: 3, kernelSize: (2, 3), strides: (2, 1), padding: .same), on: [7, 5, 2]),
    LayerExample(Conv2D(filters: 17, kernelSize: (3, 3), padding: .same, activation: .tanh), on: [5, 6, 20]),
    LayerExample(Conv2D(filters: 2, kernelSize: (2, 2), dilation: (2, 3), useBias: false), on: [6, 7, 3]),
    LayerExample(Conv2D(filters: 5, kernelSize: (1, 1), strides: (3, 3), activation: .sigmoid), on: [7, 7, 4]),
    LayerExample(Conv2D(filters: 128, kernelSize: (2, 2), padding: .same, activation: .tanh), on: [1, 2, 128]),
    LayerExample(Conv2D(filters: 3, kernelSize: (2, 3), strides: (2, 1), padding: .full), on: [5, 4, 2]),
    LayerExample(
      Conv2D(filters: 2, kernelSize: (3, 2), padding: .explicit([2, 0]), dilation: (1, 2), activation: .tanh),
      on: [4, 6, 3]),
    LayerExample(
      Conv2D(filters: 4, kernelSize: (3, 2), strides: (1, 2), padding: .same, paddingMode: .constant(-0.5)),
      on: [5, 6, 2]),
    LayerExample(
      Conv2D(filters: 2, kernelSize: (3, 3), padding: .full, paddingMode: .nearest, activation: .sigmoid),
      on: [4, 5, 3]),
    LayerExample(
      Conv2D(filters: 3, kernelSize: (2, 2), padding: .explicit([1, 3]), paddingMode: .nearest), on: [3, 4, 1]),
  ]

  /// The settings.
  public var settings: ConvolutionSettings

  /// A layer of these settings.
  public init(_ settings: ConvolutionSettings) { self.settings = settings }

  /// A convolution with Keras' defaults.
  public init(
    filters: Int, kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid,
    paddingMode: PaddingMode = .zeros, dilation: (Int, Int) = (1, 1), activation: Activation = .linear,
    useBias: Bool = true,
    kernelRegularizer: Regularizer? = nil
  ) {
    settings = ConvolutionSettings(
      filters: filters, kernelSize: [kernelSize.0, kernelSize.1], strides: [strides.0, strides.1], padding: padding,
      paddingMode: paddingMode, dilation: [dilation.0, dilation.1], activation: activation, useBias: useBias,
      kernelRegularizer: kernelRegularizer)
  }
}
