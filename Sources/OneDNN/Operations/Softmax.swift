internal import COneDNN

/// Softmax over the channels, forward.
public struct Softmax {
  fileprivate let data: MemoryDescriptor
  fileprivate let descriptor: PrimitiveDescriptor
  fileprivate let engine: Engine

  /// Plans `[N, C, …] → [N, C, …]`: `exp(x_c) / Σ exp(x)`.
  ///
  /// The corresponding C function is `dnnl_softmax_v2_forward_desc_init`.
  public init(_ data: MemoryDescriptor, purpose: Purpose, on engine: Engine) throws(OneDNNError) {
    var operation = dnnl_softmax_v2_desc_t()
    var value = data.value
    try check(
      dnnl_softmax_v2_forward_desc_init(&operation, purpose.propagation, dnnl_softmax_accurate, &value, &value, 1),
      "dnnl_softmax_v2_forward_desc_init")
    descriptor = try PrimitiveDescriptor("softmax", &operation, on: engine)
    self.data = data
    self.engine = engine
  }

  /// The call with its tensors, both in the layout of the descriptor.
  public func call(source: Tensor, destination: Tensor) throws(OneDNNError) -> PrimitiveCall {
    try PrimitiveCall(descriptor, [(DNNL_ARG_SRC, source), (DNNL_ARG_DST, destination)], on: engine)
  }
}

/// The gradient of softmax, from its result.
public struct SoftmaxBackward {
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  /// The corresponding C function is `dnnl_softmax_v2_backward_desc_init`.
  public init(of forward: Softmax) throws(OneDNNError) {
    var operation = dnnl_softmax_v2_desc_t()
    var data = forward.data.value
    try check(
      dnnl_softmax_v2_backward_desc_init(&operation, dnnl_softmax_accurate, &data, &data, &data, 1),
      "dnnl_softmax_v2_backward_desc_init")
    descriptor = try PrimitiveDescriptor("softmax backward", &operation, hint: forward.descriptor, on: forward.engine)
    engine = forward.engine
  }

  /// The call with its tensors, all in the layout of the forward descriptor.
  public func call(result: Tensor, destinationGradient: Tensor, sourceGradient: Tensor) throws(OneDNNError)
    -> PrimitiveCall
  {
    try PrimitiveCall(
      descriptor,
      [(DNNL_ARG_DST, result), (DNNL_ARG_DIFF_DST, destinationGradient), (DNNL_ARG_DIFF_SRC, sourceGradient)],
      on: engine)
  }
}
