internal import COneDNN

/// Several tensors side by side: their channels one after the other.
public struct Concatenation {
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  /// Plans `[N, C₁, …], [N, C₂, …] → [N, C₁ + C₂, …]`.
  ///
  /// The corresponding C function is `dnnl_concat_primitive_desc_create`.
  public init(of sources: [MemoryDescriptor], into destination: MemoryDescriptor, on engine: Engine)
    throws(OneDNNError)
  {
    var handle: OpaquePointer?
    var destination = destination.value
    try check(
      dnnl_concat_primitive_desc_create(
        &handle, &destination, Int32(sources.count), 1, sources.map(\.value), nil, engine.handle),
      "dnnl_concat_primitive_desc_create")
    descriptor = PrimitiveDescriptor(owning: try created(handle, "dnnl_concat_primitive_desc_create"))
    self.engine = engine
  }

  /// The call with its tensors.
  public func call(_ sources: [Tensor], into destination: Tensor) throws(OneDNNError) -> PrimitiveCall {
    let tensors = sources.enumerated().map { (DNNL_ARG_MULTIPLE_SRC + Int32($0), $1) }
    return try PrimitiveCall(descriptor, tensors + [(DNNL_ARG_DST, destination)], on: engine)
  }
}

extension MemoryDescriptor {
  /// A part of the channels, where it lies in the whole; the whole is in a plain layout.
  ///
  /// The corresponding C function is `dnnl_memory_desc_init_submemory`.
  public func channels(_ range: Range<Int>) throws(OneDNNError) -> MemoryDescriptor {
    var part = dnnl_memory_desc_t()
    var whole = value
    var lengths = dimensions.map(Int64.init)
    lengths[1] = Int64(range.count)
    var offsets = [Int64](repeating: 0, count: lengths.count)
    offsets[1] = Int64(range.lowerBound)
    try check(
      dnnl_memory_desc_init_submemory(&part, &whole, lengths, offsets), "dnnl_memory_desc_init_submemory of \(range)")
    return MemoryDescriptor(part)
  }
}
