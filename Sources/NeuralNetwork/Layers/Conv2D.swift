import OneDNN

/// Two-dimensional convolution: `y[n, o] = f(bias[o] + Σ_i x[n, i] ⋆ kernel[i, o])`.
///
/// - Input: `[height, width, channels]`.
/// - Output: `[height', width', filters]`; see ``Padding`` for the lengths.
/// - `kernel`: `[kernel height, kernel width, channels, filters]`; `bias`: `[filters]`.
///
/// It is cross-correlation, as in Keras: the kernel is not flipped.
public struct Conv2D: ActivatedLayer, RegularizedLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "Conv2D"
  /// Other names it goes by.
  public static let aliases = ["Convolution2D"]
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(Conv2D(filters: 4, kernelSize: (3, 3)), on: [8, 8, 1]),
    LayerExample(Conv2D(filters: 10, kernelSize: (3, 3), activation: .relu), on: [8, 8, 1]),
    LayerExample(Conv2D(filters: 3, kernelSize: (2, 3), strides: (2, 1), padding: .same), on: [7, 5, 2]),
    LayerExample(Conv2D(filters: 17, kernelSize: (3, 3), padding: .same, activation: .tanh), on: [5, 6, 20]),
    LayerExample(Conv2D(filters: 2, kernelSize: (2, 2), dilation: (2, 3), useBias: false), on: [6, 7, 3]),
    LayerExample(Conv2D(filters: 5, kernelSize: (1, 1), strides: (3, 3), activation: .sigmoid), on: [7, 7, 4]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The number of output channels.
  public var filters: Int
  private var kernel: Pair
  private var stride: Pair
  private var dilation: Pair
  /// How windows meet the edge.
  public var padding: Padding
  /// The function applied to the result.
  public var activation: Activation
  /// Whether a bias is added.
  public var useBias: Bool
  /// Where the kernel starts.
  public var kernelInitializer: Choice<InitializerRegistry>
  /// Where the bias starts.
  public var biasInitializer: Choice<InitializerRegistry>
  /// The penalty on the kernel; nil takes the model's.
  public var kernelRegularizer: Regularizer?

  /// A convolution with Keras' defaults.
  public init(
    filters: Int, kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid,
    dilation: (Int, Int) = (1, 1), activation: Activation = .linear, useBias: Bool = true,
    kernelRegularizer: Regularizer? = nil
  ) {
    self.filters = filters
    kernel = Pair(kernelSize.0, kernelSize.1)
    stride = Pair(strides.0, strides.1)
    self.padding = padding
    self.dilation = Pair(dilation.0, dilation.1)
    self.activation = activation
    self.useBias = useBias
    kernelInitializer = Choice(GlorotUniform())
    biasInitializer = Choice(Zeros())
    self.kernelRegularizer = kernelRegularizer
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, filters, kernel = "kernel_size", stride = "strides", padding, dilation = "dilation_rate", activation
    case useBias = "use_bias", kernelInitializer = "kernel_initializer", biasInitializer = "bias_initializer"
    case kernelRegularizer = "kernel_regularizer"
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    filters = try container.decodeCount(forKey: .filters)
    kernel = try container.decode(Pair.self, forKey: .kernel)
    stride = try container.decodeIfPresent(Pair.self, forKey: .stride) ?? Pair(1, 1)
    padding = try container.decodeIfPresent(Padding.self, forKey: .padding) ?? .valid
    dilation = try container.decodeIfPresent(Pair.self, forKey: .dilation) ?? Pair(1, 1)
    activation = try container.decodeIfPresent(Activation.self, forKey: .activation) ?? .linear
    useBias = try container.decodeIfPresent(Bool.self, forKey: .useBias) ?? true
    kernelInitializer = try container.decodeIfPresent(forKey: .kernelInitializer) ?? Choice(GlorotUniform())
    biasInitializer = try container.decodeIfPresent(forKey: .biasInitializer) ?? Choice(Zeros())
    kernelRegularizer = try container.decodeIfPresent(Regularizer.self, forKey: .kernelRegularizer)
  }

  private var window: Window2D {
    Window2D(size: kernel.values, strides: stride.values, dilation: dilation.values, padding: padding)
  }

  /// The shape of the output for an input of shape `input`; throws if the layer cannot take it.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    Shape(try window.slide(over: input).output + [filters])
  }

  /// The kernel, and the bias if it is used; see above for their shapes.
  public func parameters(for input: Shape) -> [ParameterSpecification] {
    let kernel = ParameterSpecification(
      "kernel", kernel.values + [input.channels, filters], kernelInitializer.value, regularizer: kernelRegularizer)
    return useBias ? [kernel, ParameterSpecification("bias", [filters], biasInitializer.value)] : [kernel]
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    let dimensions = [filters, context.inputShape.channels] + kernel.values
    let convolution = try Convolution(
      source: context.input.descriptor.withAnyLayout(),
      kernel: MemoryDescriptor(dimensions, .any),
      bias: useBias ? MemoryDescriptor([filters], .vector) : nil,
      destination: MemoryDescriptor(context.dimensions(of: context.outputShape), .any),
      geometry: window.slide(over: context.inputShape).geometry,
      fusing: activation.function, purpose: context.purpose, on: context.engine)
    return try LinearPlan(
      convolution, plainKernel: MemoryDescriptor(dimensions, .hwio), activation: activation, context)
  }
}
