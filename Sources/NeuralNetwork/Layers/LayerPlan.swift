import OneDNN

/// A layer compiled for one batch size: primitives made, memory bound, nothing left to decide.
///
/// Made once and run every step; running allocates nothing.
public protocol LayerPlan: AnyObject {
  /// Where ``forward()`` leaves the result.
  var output: Tensor { get }

  /// Compiles the backward pass; called once, for training plans only.
  ///
  /// - Parameters:
  ///   - outputGradient: where the gradient with respect to the output will be; the plan may overwrite it.
  ///   - needsInputGradient: false for the first layer with parameters, whose input gradient nobody reads and is never computed.
  /// - Returns: where ``backward()`` leaves the gradient with respect to the input; nil if it was not wanted.
  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor?

  /// Computes the output from the input that the context named.
  func forward() throws(OneDNNError)

  /// Writes the gradients of the parameters (sums over the batch) and of the input; runs after ``forward()``.
  func backward() throws(OneDNNError)
}

/// What a layer needs to know to compile itself.
public struct PlanContext {
  /// The processor.
  public let engine: Engine
  /// Training, or inference alone.
  public let purpose: Purpose
  /// Where the input will be.
  public internal(set) var input: Tensor
  /// The shape of a sample of the input.
  public internal(set) var inputShape: Shape
  /// The shape of a sample of the output.
  public internal(set) var outputShape: Shape
  /// Samples in a batch.
  public let batchSize: Int
  /// The batch that a step is at.
  let batch: BatchContext
  /// The layer's place in the model, counted from 0.
  public let layer: Int
  let table: ParameterTable
  let tensors: ParameterTensors
  let copies: ParameterCopies
  /// Which convolution algorithms may be chosen.
  let convolution: ConvolutionKernels
  /// The names of the layers that this one is nested in, each followed by a slash.
  private(set) var path = ""

  /// The dimensions of a batch of `shape` in oneDNN's order: `[N, C, H, W]` for images.
  public func dimensions(of shape: Shape) -> [Int] { [batchSize, shape.channels] + shape.spatial }

  /// The layer's parameter of that name, read in the layout `wanted`; `plain` describes it as the slab holds it.
  public func parameter(_ name: String, plain: MemoryDescriptor, in wanted: MemoryDescriptor) throws(OneDNNError)
    -> Tensor
  {
    try tensors.value(range(of: name), from: plain, in: wanted, used: copies)
  }

  /// Where the gradient of the layer's parameter of that name goes.
  public func gradient(_ name: String, plain: MemoryDescriptor) throws(OneDNNError) -> Tensor {
    try tensors.gradient(range(of: name), as: plain)
  }

  /// Whether training changes the layer's parameter of that name.
  public func isFrozen(_ name: String) -> Bool { entry(name).specification.role == .frozen }

  /// A number for the layer, nested or not, by which it draws at random: 24 bits (FNV-1a of the path).
  var randomKey: UInt32 {
    path.utf8.reduce(UInt32(layer)) { ($0 ^ UInt32($1)) &* 16_777_619 } & 0xFF_FFFF
  }

  /// The context of a layer nested in this one, of that name, for an input of its own.
  func nested(_ name: String, input: Tensor, inputShape: Shape, outputShape: Shape) -> PlanContext {
    var context = self
    context.path += "\(name)/"
    context.input = input
    context.inputShape = inputShape
    context.outputShape = outputShape
    return context
  }

  private func range(of name: String) -> Range<Int> { entry(name).range }

  private func entry(_ name: String) -> ParameterTable.Entry {
    guard let entry = table.entry(layer: layer, named: path + name) else {
      preconditionFailure("the layer has not declared a parameter '\(path + name)'")
    }
    return entry
  }
}

extension MemoryDescriptor {
  /// The layout in which batches of `shape` are handed over: plain, as Keras has it.
  ///
  /// Images of one channel lie the same with the channel first, and primitives are faster when told so.
  public static func plain(_ dimensions: [Int]) throws(OneDNNError) -> MemoryDescriptor {
    try MemoryDescriptor(dimensions, dimensions.count > 1 && dimensions[1] == 1 ? .channelsFirst : .channelsLast)
  }
}
