internal import COneDNN

/// An operation made for certain shapes and layouts; backward operations need the forward one as a hint.
///
/// The corresponding C type is `dnnl_primitive_desc_t`.
final class PrimitiveDescriptor {
  let handle: OpaquePointer

  /// Takes the first implementation the library offers for `operation`.
  ///
  /// The corresponding C function is `dnnl_primitive_desc_create`.
  init<Description>(
    _ name: String, _ operation: inout Description, attributes: OpaquePointer? = nil, hint: PrimitiveDescriptor? = nil,
    on engine: Engine
  ) throws(OneDNNError) {
    var descriptor: OpaquePointer?
    let status = withUnsafePointer(to: &operation) {
      dnnl_primitive_desc_create(&descriptor, $0, attributes, engine.handle, hint?.handle)
    }
    try check(status, "dnnl_primitive_desc_create of \(name)")
    handle = try created(descriptor, "dnnl_primitive_desc_create of \(name)")
  }

  init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { dnnl_primitive_desc_destroy(handle) }

  /// The layout that the operation has chosen for one of its tensors, such as `dnnl_query_src_md`.
  ///
  /// The corresponding C function is `dnnl_primitive_desc_query_md`.
  func descriptor(of tensor: dnnl_query_t) throws(OneDNNError) -> MemoryDescriptor {
    guard let descriptor = dnnl_primitive_desc_query_md(handle, tensor, 0) else {
      throw OneDNNError("dnnl_primitive_desc_query_md", dnnl_not_required)
    }
    return MemoryDescriptor(descriptor.pointee)
  }
}

/// A compiled operation.
///
/// The corresponding C type is `dnnl_primitive_t`.
struct Primitive: ~Copyable {
  let handle: OpaquePointer

  /// Generates the code.
  ///
  /// The corresponding C function is `dnnl_primitive_create`.
  init(_ descriptor: PrimitiveDescriptor) throws(OneDNNError) {
    var primitive: OpaquePointer?
    try check(dnnl_primitive_create(&primitive, descriptor.handle), "dnnl_primitive_create")
    handle = try created(primitive, "dnnl_primitive_create")
  }

  deinit { dnnl_primitive_destroy(handle) }
}

/// A primitive with its tensors: everything is decided, it only has to run.
public final class PrimitiveCall {
  private let primitive: Primitive
  private let tensors: [Tensor]
  private let arguments: UnsafeMutableBufferPointer<dnnl_exec_arg_t>
  private let engine: Engine

  init(_ descriptor: PrimitiveDescriptor, _ tensors: [(Int32, Tensor)], on engine: Engine) throws(OneDNNError) {
    primitive = try Primitive(descriptor)
    self.engine = engine
    self.tensors = tensors.map { $0.1 }
    arguments = .allocate(capacity: tensors.count)
    for (index, (role, tensor)) in tensors.enumerated() {
      arguments.initializeElement(at: index, to: dnnl_exec_arg_t(arg: role, memory: tensor.handle))
    }
  }

  deinit { arguments.deallocate() }

  /// Runs the primitive on the calling thread.
  ///
  /// The corresponding C function is `dnnl_primitive_execute`.
  @inline(__always)
  func execute() throws(OneDNNError) {
    try check(
      dnnl_primitive_execute(primitive.handle, engine.stream, Int32(arguments.count), arguments.baseAddress),
      "dnnl_primitive_execute")
  }
}

/// Primitives to run one after the other, among them the reorders that are needed where layouts differ.
public struct Pass {
  private var calls: [PrimitiveCall] = []

  /// An empty pass.
  public init() {}

  /// Adds a primitive.
  public mutating func append(_ call: PrimitiveCall) { calls.append(call) }

  /// Returns `tensor` in the layout `descriptor`: itself, or a new tensor that the pass fills from it at this point.
  public mutating func reorder(_ tensor: Tensor, to descriptor: MemoryDescriptor, on engine: Engine) throws(OneDNNError)
    -> Tensor
  {
    guard tensor.descriptor != descriptor else { return tensor }
    let copy = try Tensor(descriptor, on: engine)
    try append(reorder(tensor, into: copy, on: engine))
    return copy
  }

  /// Copies `source` into `destination` at this point, unless they are the same tensor.
  public mutating func copy(_ source: Tensor, into destination: Tensor, on engine: Engine) throws(OneDNNError) {
    guard source !== destination else { return }
    try append(reorder(source, into: destination, on: engine))
  }

  private func reorder(_ source: Tensor, into destination: Tensor, on engine: Engine) throws(OneDNNError)
    -> PrimitiveCall
  {
    try Reorder(from: source.descriptor, to: destination.descriptor, on: engine).call(source, into: destination)
  }

  /// Runs everything, in order.
  public func execute() throws(OneDNNError) {
    for call in calls { try call.execute() }
  }
}
