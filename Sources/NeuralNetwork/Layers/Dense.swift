import OneDNN

/// A fully connected layer: `y = f(x kernel + bias)`.
///
/// - Input: `[features]`; output: `[units]`.
/// - `kernel`: `[features, units]`; `bias`: `[units]`.
public struct Dense: ActivatedLayer, RegularizedLayer {
  /// Its name in files: Keras' class name.
  public static let kind = "Dense"
  /// What the contract tests run on.
  public static let examples = [
    LayerExample(Dense(units: 5), on: [7]),
    LayerExample(Dense(units: 50, activation: .relu), on: [90]),
    LayerExample(Dense(units: 10, activation: .softmax), on: [13]),
    LayerExample(Dense(units: 1, activation: .sigmoid, useBias: false), on: [3]),
  ]

  /// The layer's name within the model; nil lets the model number it.
  public var name: String?
  /// The number of outputs.
  public var units: Int
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

  /// A fully connected layer with Keras' defaults.
  public init(
    units: Int, activation: Activation = .linear, useBias: Bool = true, kernelRegularizer: Regularizer? = nil
  ) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
    kernelInitializer = Choice(GlorotUniform())
    biasInitializer = Choice(Zeros())
    self.kernelRegularizer = kernelRegularizer
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, units, activation, useBias = "use_bias", kernelInitializer = "kernel_initializer"
    case biasInitializer = "bias_initializer", kernelRegularizer = "kernel_regularizer"
  }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    units = try container.decodeCount(forKey: .units)
    activation = try container.decodeIfPresent(Activation.self, forKey: .activation) ?? .linear
    useBias = try container.decodeIfPresent(Bool.self, forKey: .useBias) ?? true
    kernelInitializer = try container.decodeIfPresent(forKey: .kernelInitializer) ?? Choice(GlorotUniform())
    biasInitializer = try container.decodeIfPresent(forKey: .biasInitializer) ?? Choice(Zeros())
    kernelRegularizer = try container.decodeIfPresent(Regularizer.self, forKey: .kernelRegularizer)
  }

  /// The same layer with the identity.
  public var withoutActivation: any Layer {
    var layer = self
    layer.activation = .linear
    return layer
  }

  /// The shape of the output for an input of shape `input`; throws if the layer cannot take it.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    guard input.rank == 1 else {
      throw ShapeError(expected: "a flat input (features)", found: input, advice: "put Flatten before it")
    }
    return Shape([units])
  }

  /// The kernel, and the bias if it is used; see above for their shapes.
  public func parameters(for input: Shape) -> [ParameterSpecification] {
    let kernel = ParameterSpecification(
      "kernel", [input.channels, units], kernelInitializer.value, regularizer: kernelRegularizer)
    return useBias ? [kernel, ParameterSpecification("bias", [units], biasInitializer.value)] : [kernel]
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan {
    let dimensions = [units, context.inputShape.channels]
    let product = try InnerProduct(
      source: context.input.descriptor.withAnyLayout(),
      kernel: MemoryDescriptor(dimensions, .any),
      bias: useBias ? MemoryDescriptor([units], .vector) : nil,
      destination: MemoryDescriptor(context.dimensions(of: context.outputShape), .any),
      fusing: activation.fused(for: context.purpose), purpose: context.purpose, on: context.engine)
    return try LinearPlan(product, plainKernel: MemoryDescriptor(dimensions, .io), activation: activation, context)
  }
}
