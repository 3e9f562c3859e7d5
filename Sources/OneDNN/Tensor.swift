internal import COneDNN

/// A block of memory together with the descriptor by which primitives read it.
///
/// Its memory is its own (aligned to 64 bytes, zero at first), another tensor's, or a range of a slab that the creator
/// keeps alive.
///
/// The corresponding C type is `dnnl_memory_t`.
public final class Tensor {
  /// Dimensions and layout.
  public let descriptor: MemoryDescriptor
  /// Where the elements are.
  public private(set) var address: UnsafeMutableRawPointer
  let handle: OpaquePointer
  private let owned: UnsafeMutableRawPointer?
  private let viewed: Tensor?

  private init(
    _ descriptor: MemoryDescriptor, on engine: Engine, at address: UnsafeMutableRawPointer,
    owned: UnsafeMutableRawPointer? = nil, viewed: Tensor? = nil
  ) throws(OneDNNError) {
    var memory: OpaquePointer?
    let status = withUnsafePointer(to: descriptor.value) { dnnl_memory_create(&memory, $0, engine.handle, address) }
    guard status == dnnl_success, let memory else {
      owned?.deallocate()
      throw OneDNNError("dnnl_memory_create of \(descriptor.dimensions)", status)
    }
    self.descriptor = descriptor
    self.address = address
    self.handle = memory
    self.owned = owned
    self.viewed = viewed
  }

  /// A tensor with memory of its own.
  ///
  /// The corresponding C function is `dnnl_memory_create`.
  public convenience init(_ descriptor: MemoryDescriptor, on engine: Engine) throws(OneDNNError) {
    let byteCount = max(descriptor.byteCount, 1)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    try self.init(descriptor, on: engine, at: memory, owned: memory)
  }

  /// A tensor over memory of somebody else, who keeps it alive.
  public convenience init(
    _ descriptor: MemoryDescriptor, on engine: Engine, at memory: UnsafeMutablePointer<Float>
  ) throws(OneDNNError) {
    try self.init(descriptor, on: engine, at: UnsafeMutableRawPointer(memory))
  }

  /// The memory of `tensor` seen with other dimensions; both must lie alike.
  public convenience init(viewing tensor: Tensor, as descriptor: MemoryDescriptor, on engine: Engine)
    throws(OneDNNError)
  {
    precondition(descriptor.byteCount <= tensor.descriptor.byteCount, "a view must lie within what it views")
    try self.init(descriptor, on: engine, at: tensor.address, viewed: tensor)
  }

  deinit {
    dnnl_memory_destroy(handle)
    owned?.deallocate()
  }

  /// Moves the tensor to other memory of the same size; for tensors that do not own theirs.
  ///
  /// The corresponding C function is `dnnl_memory_set_data_handle`.
  public func move(to memory: UnsafeMutablePointer<Float>) throws(OneDNNError) {
    precondition(owned == nil && viewed == nil, "only a tensor over somebody else's memory can be moved")
    address = UnsafeMutableRawPointer(memory)
    try check(dnnl_memory_set_data_handle(handle, address), "dnnl_memory_set_data_handle")
  }

  /// The elements as they lie in memory, padding included.
  public var floats: UnsafeMutableBufferPointer<Float> {
    let count = descriptor.byteCount / MemoryLayout<Float>.stride
    return UnsafeMutableBufferPointer(start: address.assumingMemoryBound(to: Float.self), count: count)
  }
}
