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
  /// What stands beyond the edge.
  public var paddingMode: PaddingMode
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
    case name, filters, kernelSize = "kernel_size", strides, padding, paddingMode = "padding_mode"
    case paddingValue = "padding_value", dilation = "dilation_rate", activation
    case useBias = "use_bias", kernelInitializer = "kernel_initializer", biasInitializer = "bias_initializer"
    case kernelRegularizer = "kernel_regularizer"
  }

  init(
    filters: Int, kernelSize: [Int], strides: [Int]?, padding: Padding, paddingMode: PaddingMode = .zeros,
    dilation: [Int]?, activation: Activation, useBias: Bool, kernelRegularizer: Regularizer?
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides ?? kernelSize.map { _ in 1 }
    self.padding = padding
    self.paddingMode = paddingMode
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
    if case .explicit(let amounts) = padding, amounts.count != rank {
      throw ConfigurationError(
        "expected a number for each of \(rank) dimensions, found \(amounts)",
        at: ConfigurationError.place(container.codingPath + [CodingKeys.padding]))
    }
    paddingMode = try PaddingMode.decode(from: container, forKey: .paddingMode, value: .paddingValue)
    dilation = try container.decodeExtents(rank: rank, forKey: .dilation) ?? ones
    activation = try container.decodeIfPresent(Activation.self, forKey: .activation) ?? .linear
    useBias = try container.decodeIfPresent(Bool.self, forKey: .useBias) ?? true
    kernelInitializer = try container.decodeIfPresent(forKey: .kernelInitializer) ?? Choice(GlorotUniform())
    biasInitializer = try container.decodeIfPresent(forKey: .biasInitializer) ?? Choice(Zeros())
    kernelRegularizer = try container.decodeIfPresent(Regularizer.self, forKey: .kernelRegularizer)
  }

  /// Writes Keras' settings, and the paddings that Keras does not have.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(filters, forKey: .filters)
    try container.encode(kernelSize, forKey: .kernelSize)
    try container.encode(strides, forKey: .strides)
    try container.encode(padding, forKey: .padding)
    try paddingMode.encode(into: &container, forKey: .paddingMode, value: .paddingValue)
    try container.encode(dilation, forKey: .dilation)
    try container.encode(activation, forKey: .activation)
    try container.encode(useBias, forKey: .useBias)
    try container.encode(kernelInitializer, forKey: .kernelInitializer)
    try container.encode(biasInitializer, forKey: .biasInitializer)
    try container.encodeIfPresent(kernelRegularizer, forKey: .kernelRegularizer)
  }

  /// The values added before and after each spatial dimension of samples of shape `input`.
  func paddingAmounts(for input: Shape) throws(ShapeError) -> [(before: Int, after: Int)] {
    let geometry = try window.slide(over: input).geometry
    return Array(zip(geometry.paddingBefore, geometry.paddingAfter)).map { (before: $0, after: $1) }
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
    guard settings.paddingMode != .zeros, settings.padding != .valid else { return try planConvolution(context) }
    var padded = context
    padded.outputShape = try paddedShape(of: context.inputShape)
    let padding = try PaddingPlan(
      settings.paddingAmounts(for: context.inputShape), mode: settings.paddingMode, padded)
    var rest = context
    (rest.input, rest.inputShape) = (padding.output, padded.outputShape)
    return ChainPlan([padding, try withoutPadding.planConvolution(rest)], firstLearning: 1)
  }

  private func planConvolution(_ context: PlanContext) throws -> any LayerPlan {
    let dimensions = [settings.filters, context.inputShape.channels] + settings.kernelSize
    let geometry = try settings.window.slide(over: context.inputShape).geometry
    let goesTapwise = context.convolution.goesTapwise(
      kernelSize: settings.kernelSize, input: context.inputShape, output: context.outputShape,
      batchSize: context.batchSize, purpose: context.purpose)
    if goesTapwise { return try TapwiseConvolutionPlan(settings, context) }
    let goesPatchwise = context.convolution.goesPatchwise(
      kernelSize: settings.kernelSize, input: context.inputShape, output: context.outputShape,
      purpose: context.purpose)
    if goesPatchwise { return try PatchwiseConvolutionPlan(settings, context) }
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

  /// The same layer for an input that has its padding.
  private var withoutPadding: Self {
    var layer = self
    layer.settings.padding = .valid
    layer.settings.paddingMode = .zeros
    return layer
  }

  private func paddedShape(of input: Shape) throws(ShapeError) -> Shape {
    let amounts = try settings.paddingAmounts(for: input)
    return Shape(zip(input.spatial, amounts).map { $0 + $1.before + $1.after } + [input.channels])
  }

  /// Adds the layer, after layers that pad where Keras' own padding is another.
  public func addKerasLayers(to graph: inout KerasGraph, input: Shape, from source: String) throws -> String {
    let isKeras = settings.padding.isKeras && (settings.paddingMode == .zeros || settings.padding == .valid)
    guard !isKeras else { return try graph.append(withoutPaddingMode, input: input, from: source) }
    let padded = try graph.appendPadding(
      settings.paddingAmounts(for: input), mode: settings.paddingMode, named: name ?? Self.defaultName, input: input,
      from: source)
    return try graph.append(withoutPadding, input: paddedShape(of: input), from: padded)
  }

  private var withoutPaddingMode: Self {
    var layer = self
    layer.settings.paddingMode = .zeros
    return layer
  }
}
