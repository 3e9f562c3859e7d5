internal import CHDF5
import Glibc

/// The size that a file on disk had when it was opened.
///
/// libhdf5 takes bytes beyond the end of a file for zeros, and notices nothing if the file is cut off while it is open.
struct FileExtent: Sendable {
  private let descriptor: Int32
  private let byteCount: Int

  /// Notes the size of an open file; the descriptor is libhdf5's, and lives as long as anything in the file is open.
  ///
  /// The corresponding C functions are `H5Fget_vfd_handle` and `fstat`.
  init(of file: borrowing Handle, _ gate: Gate) throws(HDF5Error) {
    let id = file.id
    var pointer: UnsafeMutableRawPointer?
    try gate.call("open file") { H5Fget_vfd_handle(id, hid_t(H5P_DEFAULT), &pointer) }
    guard let pointer else { throw gate.error(.failed, "open file", "libhdf5 has no descriptor for it") }
    descriptor = pointer.load(as: Int32.self)
    byteCount = Self.size(of: descriptor)
  }

  /// Throws if the file has become shorter: what was read then may be zeros that are not in it.
  ///
  /// The corresponding C function is `fstat`.
  func requireUncut(_ gate: Gate, _ operation: @autoclosure () -> String) throws(HDF5Error) {
    let size = Self.size(of: descriptor)
    guard size < byteCount else { return }
    throw gate.error(
      .truncated, operation(), "the file had \(byteCount) bytes when it was opened, and now has \(max(size, 0))")
  }

  private static func size(of descriptor: Int32) -> Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : -1
  }
}
