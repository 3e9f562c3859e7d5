import OneDNN

/// A layer as a model file describes it: settings only, no memory.
///
/// A new layer is one file that conforms to this, and one line in ``LayerRegistry``; the contract tests then run on its
/// ``examples``.
public protocol Layer: Registered {
  /// The layer's name within the model; nil lets the model number it: `conv2d`, `conv2d_1`.
  var name: String? { get set }

  /// One layer and input for each setting worth testing.
  static var examples: [LayerExample] { get }

  /// The shape of the output for an input of shape `input`.
  ///
  /// - Throws: ``ShapeError`` if the layer cannot take the input.
  func outputShape(for input: Shape) throws(ShapeError) -> Shape

  /// What the layer learns; empty for most layers.
  func parameters(for input: Shape) -> [ParameterSpecification]

  /// Creates the primitives and the memory to run this layer for one batch size.
  func plan(_ context: PlanContext) throws -> any LayerPlan

  /// Adds the layer to `graph`, or what is the same where Keras has no such layer; returns the name of the result.
  func addKerasLayers(to graph: inout KerasGraph, input: Shape, from source: String) throws -> String
}

extension Layer {
  /// None.
  public func parameters(for input: Shape) -> [ParameterSpecification] { [] }

  /// The name the model gives to the first layer of this kind: Keras' snake case of the class name.
  public static var defaultName: String { LayerName.snakeCase(of: kind) }
}

/// A layer whose last operation is an activation function.
public protocol ActivatedLayer: Layer {
  /// The function applied to the result.
  var activation: Activation { get }
  /// The same layer without the function: what a loss computes from that takes logits.
  var withoutActivation: any Layer { get }
}

/// A layer with a kernel that can be penalised.
public protocol RegularizedLayer: Layer {
  /// The penalty on the kernel; nil takes the model's.
  var kernelRegularizer: Regularizer? { get set }
}

extension Layer {
  /// The same layer with `regularizer` on its kernels that have none of their own.
  func regularized(by regularizer: Regularizer) -> any Layer {
    withRegularizers { $0 ?? regularizer }
  }

  /// The same layer without penalties.
  public var withoutPenalties: any Layer { withRegularizers { _ in nil } }

  private func withRegularizers(_ change: (Regularizer?) -> Regularizer?) -> any Layer {
    if let layer = self as? any BranchedLayer { return layer.mappingLayers { $0.withRegularizers(change) } }
    guard var layer = self as? any RegularizedLayer else { return self }
    layer.kernelRegularizer = change(layer.kernelRegularizer)
    return layer
  }

  /// The shape of the output, which is of a size that something can be computed with.
  func boundedOutputShape(for input: Shape) throws(ShapeError) -> Shape {
    let shape = try outputShape(for: input)
    guard Shape.count(of: shape.dimensions) != nil else {
      throw ShapeError(
        expected: "an output of at most \(Shape.maximumCount) values", found: shape,
        advice: "use fewer filters or units")
    }
    return shape
  }
}

/// A layer and an input to test it on.
public struct LayerExample: Sendable, CustomStringConvertible {
  /// The layer.
  public let layer: any Layer
  /// The shape of one sample of its input.
  public let input: Shape

  /// An example of `layer` on samples of `input`, such as `[8, 8, 3]`.
  public init(_ layer: any Layer, on input: [Int]) {
    self.layer = layer
    self.input = Shape(input)
  }

  /// The layer's kind and the shape.
  public var description: String { "\(type(of: layer).kind) on \(input)" }
}

/// Every layer; a new one is one line here.
public enum LayerRegistry: Registry {
  /// What decoding yields.
  public typealias Element = any Layer
  /// The sort, for messages.
  public static let noun = "layer"
  /// How a choice is written.
  public static let style = RegistryStyle.keras(module: nil)
  /// Every type there is.
  public static let types: [any Registered.Type] = layers

  /// The same types, as layers.
  public static let layers: [any Layer.Type] = [
    Conv1D.self, Conv2D.self, DepthwiseConv2D.self, MaxPooling1D.self, MaxPooling2D.self, AveragePooling1D.self,
    AveragePooling2D.self,
    GlobalAveragePooling2D.self, GlobalMaxPooling2D.self, Flatten.self, Dense.self, ActivationLayer.self,
    ReLU.self, LeakyReLU.self, ELU.self, Sigmoid.self, Tanh.self, SoftmaxLayer.self, Softplus.self, GELU.self,
    BatchNormalization.self, Dropout.self, SpatialDropout2D.self, Reshape.self, ZeroPadding2D.self,
    ChannelPooling.self, Rescaling.self, Normalization.self, OneHot.self, Residual.self, Branches.self,
  ]
}
