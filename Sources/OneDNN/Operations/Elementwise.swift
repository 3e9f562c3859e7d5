internal import COneDNN

/// A function applied to each element.
///
/// Of most the derivative can be computed from the result: they can be fused into the operation before them and run in
/// place, since their input need not be kept.
public enum ElementwiseFunction: Sendable, Equatable {
  /// `max(0, x)`; the derivative at 0 is 0.
  case relu
  /// `x` above 0, `slope · x` elsewhere; the slope is not negative.
  case leakyReLU(slope: Float)
  /// `min(max(0, x), bound)`; the derivative at 0 and at the bound is 0.
  case boundedReLU(bound: Float)
  /// `x` above 0, `alpha · (exp(x) - 1)` elsewhere; `alpha` is not negative.
  case elu(alpha: Float)
  /// `1 / (1 + exp(-x))`
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// `log(1 + exp(x))`
  case softplus
  /// `scale · x + offset`
  case affine(scale: Float, offset: Float)
  /// `x Φ(x)`, with the normal distribution function itself (no approximation by tanh).
  case gelu

  /// Whether the derivative can be computed from the function's result.
  public var isDerivedFromResult: Bool { backward.usesResult }

  // The algorithm, and its two parameters.
  fileprivate var forward: (algorithm: dnnl_alg_kind_t, alpha: Float, beta: Float) {
    switch self {
    case .relu: (dnnl_eltwise_relu, 0, 0)
    case .leakyReLU(let slope): (dnnl_eltwise_relu, slope, 0)
    case .boundedReLU(let bound): (dnnl_eltwise_clip_v2, 0, bound)
    case .elu(let alpha): (dnnl_eltwise_elu, alpha, 0)
    case .sigmoid: (dnnl_eltwise_logistic, 0, 0)
    case .tanh: (dnnl_eltwise_tanh, 0, 0)
    case .softplus: (dnnl_eltwise_soft_relu, 0, 0)
    case .affine(let scale, let offset): (dnnl_eltwise_linear, scale, offset)
    case .gelu: (dnnl_eltwise_gelu_erf, 0, 0)
    }
  }

  fileprivate var backward: (algorithm: dnnl_alg_kind_t, usesResult: Bool) {
    switch self {
    case .relu, .leakyReLU: (dnnl_eltwise_relu_use_dst_for_bwd, true)
    case .boundedReLU: (dnnl_eltwise_clip_v2_use_dst_for_bwd, true)
    case .elu: (dnnl_eltwise_elu_use_dst_for_bwd, true)
    case .sigmoid: (dnnl_eltwise_logistic_use_dst_for_bwd, true)
    case .tanh: (dnnl_eltwise_tanh_use_dst_for_bwd, true)
    case .softplus, .gelu, .affine: (forward.algorithm, false)
    }
  }
}

/// An elementwise function, forward.
public struct Elementwise {
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  /// Plans the function on tensors of that layout.
  ///
  /// The corresponding C function is `dnnl_eltwise_forward_desc_init`.
  public init(_ function: ElementwiseFunction, _ data: MemoryDescriptor, purpose: Purpose, on engine: Engine)
    throws(OneDNNError)
  {
    var operation = dnnl_eltwise_desc_t()
    var data = data.value
    let (algorithm, alpha, beta) = function.forward
    try check(
      dnnl_eltwise_forward_desc_init(&operation, purpose.propagation, algorithm, &data, alpha, beta),
      "dnnl_eltwise_forward_desc_init of \(function)")
    descriptor = try PrimitiveDescriptor("\(function)", &operation, on: engine)
    self.engine = engine
  }

  /// `destination = f(source)`; both may be the same.
  public func call(_ source: Tensor, into destination: Tensor) throws(OneDNNError) -> PrimitiveCall {
    try PrimitiveCall(descriptor, [(DNNL_ARG_SRC, source), (DNNL_ARG_DST, destination)], on: engine)
  }
}

/// The derivative of an elementwise function.
public struct ElementwiseBackward {
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine
  private let usesResult: Bool

  /// Plans the derivative on tensors of that layout.
  ///
  /// The corresponding C functions are `dnnl_eltwise_forward_desc_init` and `dnnl_eltwise_backward_desc_init`.
  public init(_ function: ElementwiseFunction, _ data: MemoryDescriptor, on engine: Engine) throws(OneDNNError) {
    var forward = dnnl_eltwise_desc_t()
    var backward = dnnl_eltwise_desc_t()
    var data = data.value
    let (_, alpha, beta) = function.forward
    let algorithm: dnnl_alg_kind_t
    (algorithm, usesResult) = function.backward
    try check(
      dnnl_eltwise_forward_desc_init(&forward, dnnl_forward_training, algorithm, &data, alpha, beta),
      "dnnl_eltwise_forward_desc_init of \(function)")
    let hint = try PrimitiveDescriptor("\(function)", &forward, on: engine)
    try check(
      dnnl_eltwise_backward_desc_init(&backward, algorithm, &data, &data, alpha, beta),
      "dnnl_eltwise_backward_desc_init of \(function)")
    descriptor = try PrimitiveDescriptor("\(function) backward", &backward, hint: hint, on: engine)
    self.engine = engine
  }

  /// `gradient = gradient · f'(source)`, in place, where `result = f(source)`; of the two only the one that is needed is read.
  public func call(source: Tensor, result: Tensor, gradient: Tensor) throws(OneDNNError) -> PrimitiveCall {
    let known = usesResult ? (DNNL_ARG_DST, result) : (DNNL_ARG_SRC, source)
    return try PrimitiveCall(
      descriptor, [known, (DNNL_ARG_DIFF_DST, gradient), (DNNL_ARG_DIFF_SRC, gradient)], on: engine)
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
    let (algorithm, alpha, beta) = function.forward
    try check(
      dnnl_post_ops_append_eltwise(operations, 1, algorithm, alpha, beta),
      "dnnl_post_ops_append_eltwise of \(function)")
    try check(dnnl_primitive_attr_set_post_ops(attributes, operations), "dnnl_primitive_attr_set_post_ops")
    self.attributes = attributes
  }

  deinit { if let attributes { dnnl_primitive_attr_destroy(attributes) } }
}
