internal import COneDNN

/// What a pooling window is reduced to.
public enum PoolingKind: Sendable {
  /// The largest element; ties go to the first in row-major order.
  case maximum
  /// The mean of the elements inside the image.
  case average

  fileprivate var algorithm: dnnl_alg_kind_t {
    switch self {
    case .maximum: dnnl_pooling_max
    case .average: dnnl_pooling_avg_exclude_padding
    }
  }
}

/// Pooling over windows, forward.
public struct Pooling {
  /// The layout that the primitive has chosen for its result; the input's is given.
  public let destination: MemoryDescriptor
  /// Where training notes which element each window took, for the backward pass; nil where nothing is noted.
  public let workspace: MemoryDescriptor?
  /// What a window is reduced to.
  public let kind: PoolingKind
  fileprivate let source: MemoryDescriptor
  fileprivate let window: [Int]
  fileprivate let geometry: WindowGeometry
  fileprivate let descriptor: PrimitiveDescriptor
  fileprivate let engine: Engine

  /// Plans `[N, C, H, W] → [N, C, H', W']`; the result's layout follows the input's.
  ///
  /// The corresponding C function is `dnnl_pooling_v2_forward_desc_init`.
  public init(
    _ kind: PoolingKind, source: MemoryDescriptor, destination: MemoryDescriptor, window: [Int],
    geometry: WindowGeometry, purpose: Purpose, on engine: Engine
  ) throws(OneDNNError) {
    var operation = dnnl_pooling_v2_desc_t()
    var (sourceValue, destination) = (source.value, destination.value)
    try check(
      dnnl_pooling_v2_forward_desc_init(
        &operation, purpose.propagation, kind.algorithm, &sourceValue, &destination, geometry.steps,
        window.map(Int64.init), geometry.gaps, geometry.before, geometry.after),
      "dnnl_pooling_v2_forward_desc_init")
    descriptor = try PrimitiveDescriptor("pooling", &operation, on: engine)
    self.destination = try descriptor.descriptor(of: dnnl_query_dst_md)
    workspace =
      kind == .maximum && purpose == .training ? try descriptor.descriptor(of: dnnl_query_workspace_md) : nil
    self.kind = kind
    self.source = source
    self.window = window
    self.geometry = geometry
    self.engine = engine
  }

  /// The call with its tensors.
  public func call(source: Tensor, destination: Tensor, workspace: Tensor?) throws(OneDNNError) -> PrimitiveCall {
    var tensors = [(DNNL_ARG_SRC, source), (DNNL_ARG_DST, destination)]
    if let workspace { tensors.append((DNNL_ARG_WORKSPACE, workspace)) }
    return try PrimitiveCall(descriptor, tensors, on: engine)
  }
}

/// The gradient of pooling with respect to its input.
public struct PoolingBackward {
  /// The layouts of the gradients: the forward pass' own, which the workspace refers to.
  public let sourceGradient: MemoryDescriptor, destinationGradient: MemoryDescriptor
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  /// The corresponding C function is `dnnl_pooling_v2_backward_desc_init`.
  public init(of forward: Pooling) throws(OneDNNError) {
    var operation = dnnl_pooling_v2_desc_t()
    var (source, destination) = (forward.source.value, forward.destination.value)
    let geometry = forward.geometry
    try check(
      dnnl_pooling_v2_backward_desc_init(
        &operation, forward.kind.algorithm, &source, &destination, geometry.steps,
        forward.window.map(Int64.init), geometry.gaps, geometry.before, geometry.after),
      "dnnl_pooling_v2_backward_desc_init")
    descriptor = try PrimitiveDescriptor("pooling backward", &operation, hint: forward.descriptor, on: forward.engine)
    sourceGradient = forward.source
    destinationGradient = forward.destination
    engine = forward.engine
  }

  /// The call with its tensors, each in the layout above.
  public func call(destinationGradient: Tensor, workspace: Tensor?, sourceGradient: Tensor) throws(OneDNNError)
    -> PrimitiveCall
  {
    var tensors = [(DNNL_ARG_DIFF_DST, destinationGradient), (DNNL_ARG_DIFF_SRC, sourceGradient)]
    if let workspace { tensors.append((DNNL_ARG_WORKSPACE, workspace)) }
    return try PrimitiveCall(descriptor, tensors, on: engine)
  }
}
