internal import COneDNN

/// A function applied to each element, whose derivative can be computed from its result.
///
/// That property lets it be fused into the operation before it, and run in place: its input need not be kept.
public enum ElementwiseFunction: Sendable {
  /// `max(0, x)`; the derivative at 0 is 0.
  case relu
  /// `1 / (1 + exp(-x))`
  case sigmoid
  /// The hyperbolic tangent.
  case tanh

  var forward: dnnl_alg_kind_t {
    switch self {
    case .relu: dnnl_eltwise_relu
    case .sigmoid: dnnl_eltwise_logistic
    case .tanh: dnnl_eltwise_tanh
    }
  }

  fileprivate var backwardFromResult: dnnl_alg_kind_t {
    switch self {
    case .relu: dnnl_eltwise_relu_use_dst_for_bwd
    case .sigmoid: dnnl_eltwise_logistic_use_dst_for_bwd
    case .tanh: dnnl_eltwise_tanh_use_dst_for_bwd
    }
  }
}

/// An elementwise function, forward, in place.
public struct Elementwise {
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  /// Plans the function on a tensor of that layout.
  ///
  /// The corresponding C function is `dnnl_eltwise_forward_desc_init`.
  public init(_ function: ElementwiseFunction, _ data: MemoryDescriptor, purpose: Purpose, on engine: Engine)
    throws(OneDNNError)
  {
    var operation = dnnl_eltwise_desc_t()
    var data = data.value
    try check(
      dnnl_eltwise_forward_desc_init(&operation, purpose.propagation, function.forward, &data, 0, 0),
      "dnnl_eltwise_forward_desc_init of \(function)")
    descriptor = try PrimitiveDescriptor("\(function)", &operation, on: engine)
    self.engine = engine
  }

  /// `data = f(data)`, in place.
  public func call(_ data: Tensor) throws(OneDNNError) -> PrimitiveCall {
    try PrimitiveCall(descriptor, [(DNNL_ARG_SRC, data), (DNNL_ARG_DST, data)], on: engine)
  }
}

/// The derivative of an elementwise function, from the function's result.
public struct ElementwiseBackward {
  /// The layout of both gradients.
  public let gradient: MemoryDescriptor
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  /// The corresponding C functions are `dnnl_eltwise_forward_desc_init` and `dnnl_eltwise_backward_desc_init`.
  public init(_ function: ElementwiseFunction, result: MemoryDescriptor, on engine: Engine) throws(OneDNNError) {
    var forward = dnnl_eltwise_desc_t()
    var backward = dnnl_eltwise_desc_t()
    var result = result.value
    let algorithm = function.backwardFromResult
    try check(
      dnnl_eltwise_forward_desc_init(&forward, dnnl_forward_training, algorithm, &result, 0, 0),
      "dnnl_eltwise_forward_desc_init of \(function)")
    let hint = try PrimitiveDescriptor("\(function)", &forward, on: engine)
    try check(
      dnnl_eltwise_backward_desc_init(&backward, algorithm, &result, &result, 0, 0),
      "dnnl_eltwise_backward_desc_init of \(function)")
    descriptor = try PrimitiveDescriptor("\(function) backward", &backward, hint: hint, on: engine)
    gradient = MemoryDescriptor(result)
    self.engine = engine
  }

  /// `gradient = gradient · f'(x)`, in place, where `result = f(x)`.
  public func call(result: Tensor, gradient: Tensor) throws(OneDNNError) -> PrimitiveCall {
    try PrimitiveCall(
      descriptor, [(DNNL_ARG_DST, result), (DNNL_ARG_DIFF_DST, gradient), (DNNL_ARG_DIFF_SRC, gradient)], on: engine)
  }
}

/// The attributes of a primitive that applies `function` to its result.
///
/// The corresponding C functions are `dnnl_post_ops_append_eltwise` and `dnnl_primitive_attr_set_post_ops`.
struct FusedFunction: ~Copyable {
  let attributes: OpaquePointer?

  init(_ function: ElementwiseFunction?) throws(OneDNNError) {
    guard let function else {
      attributes = nil
      return
    }
    var attributes: OpaquePointer?
    try check(dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create")
    var operations: OpaquePointer?
    try check(dnnl_post_ops_create(&operations), "dnnl_post_ops_create")
    defer { dnnl_post_ops_destroy(operations) }
    try check(
      dnnl_post_ops_append_eltwise(operations, 1, function.forward, 0, 0),
      "dnnl_post_ops_append_eltwise of \(function)")
    try check(dnnl_primitive_attr_set_post_ops(attributes, operations), "dnnl_primitive_attr_set_post_ops")
    self.attributes = attributes
  }

  deinit { if let attributes { dnnl_primitive_attr_destroy(attributes) } }
}
