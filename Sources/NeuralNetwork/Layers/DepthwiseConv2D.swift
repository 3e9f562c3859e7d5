import OneDNN

/// Two-dimensional convolution of each channel by itself, with one or several kernels.
///
/// `y[n, c m + j] = f(bias[c m + j] + x[n, c] ⋆ kernel[c, j])` for channel `c` and `j = 0 … m - 1`, where `m` is the depth
/// multiplier.
///
/// - Input: `[height, width, channels]`.
/// - Output: `[height', width', channels · m]`; see ``Padding`` for the lengths.
/// - `kernel`: `[kernel height, kernel width, channels, m]`; `bias`: `[channels · m]`. The names are those that Keras 3 saves.
public struct DepthwiseConv2D: ActivatedLayer, RegularizedLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "DepthwiseConv2D"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(DepthwiseConv2D(kernelSize: (3, 3)), on: [6, 7, 3]),
    LayerExample(DepthwiseConv2D(kernelSize: (3, 3), activation: .relu), on: [7, 5, 1]),
    LayerExample(DepthwiseConv2D(kernelSize: (3, 3), padding: .same, activation: .tanh), on: [5, 6, 20]),
    LayerExample(
      DepthwiseConv2D(kernelSize: (2, 3), strides: (2, 2), padding: .same, depthMultiplier: 2), on: [7, 5, 3]),
    LayerExample(
      DepthwiseConv2D(kernelSize: (2, 2), depthMultiplier: 3, dilation: (2, 3), useBias: false), on: [6, 7, 2]),
    LayerExample(DepthwiseConv2D(kernelSize: (3, 3), strides: (2, 2), padding: .same), on: [8, 8, 32]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The height and width of the kernel.
  public var kernelSize: [Int]
  /// Values between neighbouring windows.
  public var strides: [Int]
  /// How windows meet the edge.
  public var padding: Padding
  /// The number of kernels, and so of output channels, for each input channel.
  public var depthMultiplier: Int
  /// Values between neighbouring taps of the kernel.
  public var dilation: [Int]
  /// The function applied to the result.
  public var activation: Activation
  /// Whether a bias is added.
  public var useBias: Bool
  /// Where the kernel starts.
  public var kernelInitializer = Choice<InitializerRegistry>(GlorotUniform())
  /// Where the bias starts.
  public var biasInitializer = Choice<InitializerRegistry>(Zeros())
  /// The penalty on the kernel; nil takes the model's.
  public var kernelRegularizer: Regularizer?

  /// A depthwise convolution with Keras' defaults.
  public init(
    kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid, depthMultiplier: Int = 1,
    dilation: (Int, Int) = (1, 1), activation: Activation = .linear, useBias: Bool = true,
    kernelRegularizer: Regularizer? = nil
  ) {
    self.kernelSize = [kernelSize.0, kernelSize.1]
    self.strides = [strides.0, strides.1]
    self.padding = padding
    self.depthMultiplier = depthMultiplier
    self.dilation = [dilation.0, dilation.1]
    self.activation = activation
    self.useBias = useBias
    self.kernelRegularizer = kernelRegularizer
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, kernelSize = "kernel_size", strides, padding, depthMultiplier = "depth_multiplier"
    case dilation = "dilation_rate", activation, useBias = "use_bias", kernelInitializer = "depthwise_initializer"
    case biasInitializer = "bias_initializer", kernelRegularizer = "depthwise_regularizer"
  }

  /// Reads Keras' settings.
  ///
  /// - Throws: ``ConfigurationError`` for a padding that Keras' layer does not have.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    guard let size = try container.decodeExtents(rank: 2, forKey: .kernelSize) else {
      throw ConfigurationError(
        "the key 'kernel_size' is missing", at: ConfigurationError.place(decoder.codingPath))
    }
    kernelSize = size
    strides = try container.decodeExtents(rank: 2, forKey: .strides) ?? [1, 1]
    padding = try container.decodeIfPresent(Padding.self, forKey: .padding) ?? .valid
    guard padding.isKeras else {
      throw ConfigurationError(
        "expected valid or same, found another padding",
        at: ConfigurationError.place(container.codingPath + [CodingKeys.padding]), advice: "put ZeroPadding2D before it"
      )
    }
    depthMultiplier = try container.decodeCountIfPresent(forKey: .depthMultiplier) ?? 1
    dilation = try container.decodeExtents(rank: 2, forKey: .dilation) ?? [1, 1]
    activation = try container.decodeIfPresent(Activation.self, forKey: .activation) ?? .linear
    useBias = try container.decodeIfPresent(Bool.self, forKey: .useBias) ?? true
    kernelInitializer = try container.decodeIfPresent(forKey: .kernelInitializer) ?? kernelInitializer
    biasInitializer = try container.decodeIfPresent(forKey: .biasInitializer) ?? biasInitializer
    kernelRegularizer = try container.decodeIfPresent(Regularizer.self, forKey: .kernelRegularizer)
  }

  /// The same layer with the identity.
  public var withoutActivation: any Layer {
    var layer = self
    layer.activation = .linear
    return layer
  }

  private var window: Window { Window(size: kernelSize, strides: strides, dilation: dilation, padding: padding) }

  /// The spatial dimensions by ``Padding``, and the channels times the depth multiplier.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    Shape(try window.slide(over: input).output + [input.channels * depthMultiplier])
  }

  /// The kernel, and the bias if it is used; see above for their shapes.
  public func parameters(for input: Shape) -> [ParameterSpecification] {
    let kernel = ParameterSpecification(
      "kernel", kernelSize + [input.channels, depthMultiplier], kernelInitializer.value,
      regularizer: kernelRegularizer)
    let bias = ParameterSpecification("bias", [input.channels * depthMultiplier], biasInitializer.value)
    return useBias ? [kernel, bias] : [kernel]
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    let channels = context.inputShape.channels
    let dimensions = [channels, depthMultiplier, 1] + kernelSize
    let convolution = try Convolution(
      source: context.input.descriptor.withAnyLayout(),
      kernel: MemoryDescriptor(dimensions, .any),
      bias: useBias ? MemoryDescriptor([channels * depthMultiplier], .vector) : nil,
      destination: MemoryDescriptor(context.dimensions(of: context.outputShape), .any),
      geometry: window.slide(over: context.inputShape).geometry, fusing: activation.fused(for: context.purpose),
      on: context.engine)
    return try LinearPlan(
      convolution, plainKernel: MemoryDescriptor(dimensions, .hwio), activation: activation, context)
  }
}
