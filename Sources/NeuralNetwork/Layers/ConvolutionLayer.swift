import OneDNN

/// Convolution over signals or images: what ``Conv1D`` and ``Conv2D`` have in common.
///
/// `y[n, o] = f(bias[o] + Σ_i x[n, i] ⋆ kernel[i, o])`; it is cross-correlation, as in Keras: the kernel is not flipped.
public protocol ConvolutionLayer: ActivatedLayer, RegularizedLayer {
  /// The number of spatial dimensions.
  static var spatialRank: Int { get }
  /// The settings.
  var settings: ConvolutionSettings { get set }
  /// A layer of these settings.
  init(_ settings: ConvolutionSettings)
}

/// The settings of a convolution; the keys are Keras'.
public struct ConvolutionSettings: Encodable, Sendable {
  /// The layer's name within the model.
  public var name: String?
  /// The number of output channels.
  public var filters: Int
  /// The extent of the kernel, one number for each spatial dimension.
  public var kernelSize: [Int]
  /// Values between neighbouring windows.
  public var strides: [Int]
  /// How windows meet the edge.
  public var padding: Padding
  /// Values between neighbouring taps of the kernel.
  public var dilation: [Int]
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

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, filters, kernelSize = "kernel_size", strides, padding, dilation = "dilation_rate", activation
    case useBias = "use_bias", kernelInitializer = "kernel_initializer", biasInitializer = "bias_initializer"
    case kernelRegularizer = "kernel_regularizer"
  }

  init(
    filters: Int, kernelSize: [Int], strides: [Int]?, padding: Padding, dilation: [Int]?, activation: Activation,
    useBias: Bool, kernelRegularizer: Regularizer?
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides ?? kernelSize.map { _ in 1 }
    self.padding = padding
    self.dilation = dilation ?? kernelSize.map { _ in 1 }
    self.activation = activation
    self.useBias = useBias
    kernelInitializer = Choice(GlorotUniform())
    biasInitializer = Choice(Zeros())
    self.kernelRegularizer = kernelRegularizer
  }

  /// Reads Keras' settings for `rank` spatial dimensions.
  init(from decoder: any Decoder, rank: Int) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    filters = try container.decodeCount(forKey: .filters)
    guard let size = try container.decodeExtents(rank: rank, forKey: .kernelSize) else {
      throw ConfigurationError(
        "the key 'kernel_size' is missing", at: ConfigurationError.place(decoder.codingPath))
    }
    let ones = size.map { _ in 1 }
    kernelSize = size
    strides = try container.decodeExtents(rank: rank, forKey: .strides) ?? ones
    padding = try container.decodeIfPresent(Padding.self, forKey: .padding) ?? .valid
    dilation = try container.decodeExtents(rank: rank, forKey: .dilation) ?? ones
    activation = try container.decodeIfPresent(Activation.self, forKey: .activation) ?? .linear
    useBias = try container.decodeIfPresent(Bool.self, forKey: .useBias) ?? true
    kernelInitializer = try container.decodeIfPresent(forKey: .kernelInitializer) ?? Choice(GlorotUniform())
    biasInitializer = try container.decodeIfPresent(forKey: .biasInitializer) ?? Choice(Zeros())
    kernelRegularizer = try container.decodeIfPresent(Regularizer.self, forKey: .kernelRegularizer)
  }

  var window: Window { Window(size: kernelSize, strides: strides, dilation: dilation, padding: padding) }
}

extension ConvolutionLayer {
  /// The layer's name within the model; nil lets the model number it.
  public var name: String? {
    get { settings.name }
    set { settings.name = newValue }
  }
  /// The function applied to the result.
  public var activation: Activation {
    get { settings.activation }
    set { settings.activation = newValue }
  }
  /// The same layer with the identity.
  public var withoutActivation: any Layer {
    var layer = self
    layer.activation = .linear
    return layer
  }
  /// The penalty on the kernel; nil takes the model's.
  public var kernelRegularizer: Regularizer? {
    get { settings.kernelRegularizer }
    set { settings.kernelRegularizer = newValue }
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    self.init(try ConvolutionSettings(from: decoder, rank: Self.spatialRank))
  }

  /// Writes Keras' settings.
  public func encode(to encoder: any Encoder) throws { try settings.encode(to: encoder) }

  /// The spatial dimensions by ``Padding``, and the filters.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    Shape(try settings.window.slide(over: input).output + [settings.filters])
  }

  /// The kernel `[window…, channels, filters]`, and the bias `[filters]` if it is used.
  public func parameters(for input: Shape) -> [ParameterSpecification] {
    let kernel = ParameterSpecification(
      "kernel", settings.kernelSize + [input.channels, settings.filters], settings.kernelInitializer.value,
      regularizer: settings.kernelRegularizer)
    let bias = ParameterSpecification("bias", [settings.filters], settings.biasInitializer.value)
    return settings.useBias ? [kernel, bias] : [kernel]
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    let dimensions = [settings.filters, context.inputShape.channels] + settings.kernelSize
    let geometry = try settings.window.slide(over: context.inputShape).geometry
    let convolution = try Convolution(
      source: context.input.descriptor.withAnyLayout(),
      kernel: MemoryDescriptor(dimensions, .any),
      bias: settings.useBias ? MemoryDescriptor([settings.filters], .vector) : nil,
      destination: MemoryDescriptor(context.dimensions(of: context.outputShape), .any),
      geometry: geometry,
      algorithms: context.convolution.algorithms(
        kernelSize: settings.kernelSize, geometry, input: context.inputShape, output: context.outputShape,
        batchSize: context.batchSize, purpose: context.purpose),
      fusing: activation.fused(for: context.purpose), on: context.engine)
    return try LinearPlan(
      convolution, plainKernel: MemoryDescriptor(dimensions, .hwio), activation: activation, context)
  }
}
