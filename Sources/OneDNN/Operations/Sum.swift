internal import COneDNN

/// The sum of several tensors of one shape.
public struct Sum {
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  /// Plans `destination = Σ sources`, whatever their layouts.
  ///
  /// The corresponding C function is `dnnl_sum_primitive_desc_create`.
  public init(of sources: [MemoryDescriptor], into destination: MemoryDescriptor, on engine: Engine)
    throws(OneDNNError)
  {
    var handle: OpaquePointer?
    var destination = destination.value
    let scales = [Float](repeating: 1, count: sources.count)
    try check(
      dnnl_sum_primitive_desc_create(
        &handle, &destination, Int32(sources.count), scales, sources.map(\.value), nil, engine.handle),
      "dnnl_sum_primitive_desc_create")
    descriptor = PrimitiveDescriptor(owning: try created(handle, "dnnl_sum_primitive_desc_create"))
    self.engine = engine
  }

  /// The call with its tensors.
  public func call(_ sources: [Tensor], into destination: Tensor) throws(OneDNNError) -> PrimitiveCall {
    let tensors = sources.enumerated().map { (DNNL_ARG_MULTIPLE_SRC + Int32($0), $1) }
    return try PrimitiveCall(descriptor, tensors + [(DNNL_ARG_DST, destination)], on: engine)
  }
}
