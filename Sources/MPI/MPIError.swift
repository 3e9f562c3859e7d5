internal import CMPI

/// A call of the MPI library that failed.
///
/// Such an error cannot be repaired by one rank: the others may already wait in the same collective call. The program is
/// expected to print it and to end the job with ``Environment/abort(code:)``.
public struct MPIError: Error, Sendable, CustomStringConvertible {
  /// The C function that failed, for instance `MPI_Allreduce`.
  public let function: String
  /// MPI's error code; for errors this module finds itself, the code of the class they belong to.
  public let code: Int32
  /// What is wrong, in the library's words.
  public let text: String

  /// The function and what is wrong.
  public var description: String { "\(function): \(text)" }

  init(_ function: String, code: Int32, text: String) {
    self.function = function
    self.code = code
    self.text = text
  }

  /// The error that `code`, returned by `function`, stands for.
  ///
  /// The corresponding C function is `MPI_Error_string`.
  init(_ function: String, code: Int32) {
    let words = string(capacity: Int(MPI_MAX_ERROR_STRING)) { MPI_Error_string(code, $0, &$1) }
    self.init(function, code: code, text: words.isEmpty ? "unknown error \(code)" : words)
  }
}

/// Throws if `code`, returned by `function`, is not success.
///
/// Every call of the library goes through here.
func check(_ function: StaticString, _ code: Int32) throws(MPIError) {
  if code != MPI_SUCCESS { throw MPIError("\(function)", code: code) }
}

/// The text that a C function writes into a buffer of `capacity` bytes; it stores the length in its second argument.
func string(capacity: Int, _ write: (UnsafeMutablePointer<CChar>?, inout Int32) -> Int32) -> String {
  let text = [CChar](unsafeUninitializedCapacity: capacity) { buffer, count in
    var length: Int32 = 0
    count = write(buffer.baseAddress, &length) == MPI_SUCCESS ? Int(length) : 0
  }
  return String(decoding: text.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
