internal import COneDNN

/// Matrix product `y = f(x W + b)`.
public struct InnerProduct: LinearOperation {
  /// The forward primitive, `[N, I] × [O, I]ᵀ → [N, O]`.
  public let forward: LinearForward

  /// Plans the forward primitive; layouts are chosen where the descriptors leave them open.
  ///
  /// The corresponding C function is `dnnl_inner_product_forward_desc_init`.
  public init(
    source: MemoryDescriptor, kernel: MemoryDescriptor, bias: MemoryDescriptor?, destination: MemoryDescriptor,
    fusing function: ElementwiseFunction?, purpose: Purpose, on engine: Engine
  ) throws(OneDNNError) {
    var operation = dnnl_inner_product_desc_t()
    var (source, kernel, destination) = (source.value, kernel.value, destination.value)
    var biasValue = bias?.value ?? dnnl_memory_desc_t()
    try check(
      dnnl_inner_product_forward_desc_init(
        &operation, purpose.propagation, &source, &kernel, &biasValue, &destination),
      "dnnl_inner_product_forward_desc_init")
    let fused = try FusedFunction(function)
    let descriptor = try PrimitiveDescriptor("inner product", &operation, attributes: fused.attributes, on: engine)
    forward = try LinearForward(descriptor, bias: bias, on: engine)
  }

  /// The corresponding C function is `dnnl_inner_product_backward_data_desc_init`.
  public func backwardData() throws(OneDNNError) -> LinearBackwardData {
    var operation = dnnl_inner_product_desc_t()
    var source = try forward.source.withAnyLayout().value
    var kernel = try forward.kernel.withAnyLayout().value
    var destination = try forward.destination.withAnyLayout().value
    try check(
      dnnl_inner_product_backward_data_desc_init(&operation, &source, &kernel, &destination),
      "dnnl_inner_product_backward_data_desc_init")
    return try LinearBackwardData(
      PrimitiveDescriptor("inner product backward data", &operation, hint: forward.descriptor, on: forward.engine),
      on: forward.engine)
  }

  /// The corresponding C function is `dnnl_inner_product_backward_weights_desc_init`.
  public func backwardWeights() throws(OneDNNError) -> LinearBackwardWeights {
    var operation = dnnl_inner_product_desc_t()
    var source = try forward.source.withAnyLayout().value
    var kernel = try forward.kernel.withAnyLayout().value
    var bias = forward.bias?.value ?? dnnl_memory_desc_t()
    var destination = try forward.destination.withAnyLayout().value
    try check(
      dnnl_inner_product_backward_weights_desc_init(&operation, &source, &kernel, &bias, &destination),
      "dnnl_inner_product_backward_weights_desc_init")
    return try LinearBackwardWeights(
      PrimitiveDescriptor("inner product backward weights", &operation, hint: forward.descriptor, on: forward.engine),
      on: forward.engine)
  }
}
