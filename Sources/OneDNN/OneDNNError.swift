internal import COneDNN

/// A failed call of oneDNN: the function, and the status it returned.
public struct OneDNNError: Error, Sendable, CustomStringConvertible {
  /// The C function, with what it was to do.
  public let operation: String
  /// The name of the status, such as `unimplemented`.
  public let status: String

  /// Whether the library has no implementation for what was asked, as opposed to having failed.
  let isUnimplemented: Bool

  /// The message.
  public var description: String { "oneDNN: \(operation) failed: \(status)" }

  init(_ operation: String, _ status: dnnl_status_t) {
    self.operation = operation
    isUnimplemented = status == dnnl_unimplemented
    self.status =
      switch status {
      case dnnl_out_of_memory: "out of memory"
      case dnnl_invalid_arguments: "invalid arguments"
      case dnnl_unimplemented: "not implemented for these shapes, layouts or this processor"
      case dnnl_iterator_ends: "no further implementation"
      case dnnl_runtime_error: "error while running"
      case dnnl_not_required: "not required"
      default: "status \(status.rawValue)"
      }
  }
}

/// Turns a status into an error; every call of the library goes through here.
func check(_ status: dnnl_status_t, _ operation: @autoclosure () -> String) throws(OneDNNError) {
  guard status == dnnl_success else { throw OneDNNError(operation(), status) }
}

/// What a call that creates an object has put into `handle`; an empty one after success would be the library's fault.
func created(_ handle: OpaquePointer?, _ operation: @autoclosure () -> String) throws(OneDNNError) -> OpaquePointer {
  guard let handle else { throw OneDNNError(operation(), dnnl_runtime_error) }
  return handle
}
