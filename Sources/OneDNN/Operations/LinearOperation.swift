internal import COneDNN

/// An operation that is linear in its input and in its kernel, with a bias: convolution and matrix product.
///
/// One forward and two backward primitives; each says the layouts it wants.
public protocol LinearOperation {
  /// `destination = f(source · kernel + bias)`
  var forward: LinearForward { get }
  /// Plans the gradient with respect to the input.
  func backwardData() throws(OneDNNError) -> LinearBackwardData
  /// Plans the gradients with respect to kernel and bias.
  func backwardWeights() throws(OneDNNError) -> LinearBackwardWeights
}

/// The forward primitive of a linear operation.
public struct LinearForward {
  /// The layouts that the primitive has chosen.
  public let source: MemoryDescriptor, kernel: MemoryDescriptor, destination: MemoryDescriptor
  /// The bias, a vector, if there is one.
  public let bias: MemoryDescriptor?
  let descriptor: PrimitiveDescriptor
  let engine: Engine

  init(_ descriptor: PrimitiveDescriptor, bias: MemoryDescriptor?, on engine: Engine) throws(OneDNNError) {
    source = try descriptor.descriptor(of: dnnl_query_src_md)
    kernel = try descriptor.descriptor(of: dnnl_query_weights_md)
    destination = try descriptor.descriptor(of: dnnl_query_dst_md)
    self.bias = bias
    self.descriptor = descriptor
    self.engine = engine
  }

  /// The call with its tensors, each in the layout above.
  public func call(source: Tensor, kernel: Tensor, bias: Tensor?, destination: Tensor) throws(OneDNNError)
    -> PrimitiveCall
  {
    var tensors = [(DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, kernel), (DNNL_ARG_DST, destination)]
    if let bias { tensors.append((DNNL_ARG_BIAS, bias)) }
    return try PrimitiveCall(descriptor, tensors, on: engine)
  }
}

/// The gradient of a linear operation with respect to its input.
public struct LinearBackwardData {
  /// The layouts that the primitive has chosen.
  public let sourceGradient: MemoryDescriptor, kernel: MemoryDescriptor, destinationGradient: MemoryDescriptor
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  init(_ descriptor: PrimitiveDescriptor, on engine: Engine) throws(OneDNNError) {
    sourceGradient = try descriptor.descriptor(of: dnnl_query_diff_src_md)
    kernel = try descriptor.descriptor(of: dnnl_query_weights_md)
    destinationGradient = try descriptor.descriptor(of: dnnl_query_diff_dst_md)
    self.descriptor = descriptor
    self.engine = engine
  }

  /// The call with its tensors, each in the layout above.
  public func call(destinationGradient: Tensor, kernel: Tensor, sourceGradient: Tensor) throws(OneDNNError)
    -> PrimitiveCall
  {
    try PrimitiveCall(
      descriptor,
      [(DNNL_ARG_DIFF_DST, destinationGradient), (DNNL_ARG_WEIGHTS, kernel), (DNNL_ARG_DIFF_SRC, sourceGradient)],
      on: engine)
  }
}

/// The gradients of a linear operation with respect to kernel and bias: sums over the batch.
public struct LinearBackwardWeights {
  /// The layouts that the primitive has chosen.
  public let source: MemoryDescriptor, kernelGradient: MemoryDescriptor, destinationGradient: MemoryDescriptor
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  init(_ descriptor: PrimitiveDescriptor, on engine: Engine) throws(OneDNNError) {
    source = try descriptor.descriptor(of: dnnl_query_src_md)
    kernelGradient = try descriptor.descriptor(of: dnnl_query_diff_weights_md)
    destinationGradient = try descriptor.descriptor(of: dnnl_query_diff_dst_md)
    self.descriptor = descriptor
    self.engine = engine
  }

  /// The call with its tensors, each in the layout above.
  public func call(source: Tensor, destinationGradient: Tensor, kernelGradient: Tensor, biasGradient: Tensor?)
    throws(OneDNNError) -> PrimitiveCall
  {
    var tensors = [
      (DNNL_ARG_SRC, source), (DNNL_ARG_DIFF_DST, destinationGradient), (DNNL_ARG_DIFF_WEIGHTS, kernelGradient),
    ]
    if let biasGradient { tensors.append((DNNL_ARG_DIFF_BIAS, biasGradient)) }
    return try PrimitiveCall(descriptor, tensors, on: engine)
  }
}
