internal import COneDNN

/// Copies a tensor into another layout.
public struct Reorder {
  private let descriptor: PrimitiveDescriptor
  private let engine: Engine

  /// The corresponding C function is `dnnl_reorder_primitive_desc_create`.
  public init(from source: MemoryDescriptor, to destination: MemoryDescriptor, on engine: Engine) throws(OneDNNError) {
    var handle: OpaquePointer?
    let status = withUnsafePointer(to: source.value) { source in
      withUnsafePointer(to: destination.value) { destination in
        dnnl_reorder_primitive_desc_create(&handle, source, engine.handle, destination, engine.handle, nil)
      }
    }
    let operation = "dnnl_reorder_primitive_desc_create of \(source.dimensions) to \(destination.dimensions)"
    try check(status, operation)
    descriptor = PrimitiveDescriptor(owning: try created(handle, operation))
    self.engine = engine
  }

  /// The call with its tensors: `destination = source`.
  public func call(_ source: Tensor, into destination: Tensor) throws(OneDNNError) -> PrimitiveCall {
    try PrimitiveCall(descriptor, [(DNNL_ARG_FROM, source), (DNNL_ARG_TO, destination)], on: engine)
  }
}
