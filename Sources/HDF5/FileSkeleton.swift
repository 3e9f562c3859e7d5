internal import CHDF5
import Glibc

/// An HDF5 file without its data: what libhdf5 would write around datasets whose bytes somebody else puts into place.
///
/// The file is built in memory, of which only the few pages with metadata exist however large the datasets are. Whoever
/// writes it out puts the ``pieces()`` into a file of ``byteCount`` bytes, and each dataset's bytes where
/// ``reserve(_:shape:at:)`` has said. So libhdf5 never meets a full disk, and data of any size and in any order is written
/// without being held. Needs Linux's memory files and /proc. The same calls give the same bytes.
public struct FileSkeleton: ~Copyable, Sendable {
  /// The file, to write groups, attributes and small datasets into.
  public let file: File
  private let memory: MemoryDescriptor

  /// Creates an empty file; `name` is for messages.
  ///
  /// The corresponding C functions are `memfd_create`, `H5Pset_fapl_stdio`, `H5Pset_alignment` and `H5Fcreate`.
  public init(name: String) throws(HDF5Error) {
    let gate = Gate(file: name)
    let operation = "create file"
    let memory = MemoryDescriptor(descriptor: chdf5_memory_descriptor())
    guard memory.descriptor >= 0 else {
      throw gate.error(.failed, operation, String(cString: strerror(errno)))
    }
    let access = try gate.open(operation) { H5Pcreate(chdf5_file_access()) }
    // The standard driver looks for the real path behind a link, and a file in memory has none.
    try gate.call(operation) { H5Pset_fapl_stdio(access.id) }
    try gate.call(operation) { H5Pset_alignment(access.id, hsize_t(1 << 16), hsize_t(1 << 12)) }
    let path = "/proc/self/fd/\(memory.descriptor)"
    let handle = try gate.open(operation) { H5Fcreate(path, chdf5_truncate(), hid_t(H5P_DEFAULT), access.id) }
    file = File(handle, name: name, gate)
    self.memory = memory
  }

  /// Creates a dataset in one piece, and the groups above it, for little-endian numbers that are not there yet.
  ///
  /// - Returns: where in the file its first byte goes.
  ///
  /// The corresponding C functions are `H5Pset_alloc_time`, `H5Pset_fill_time`, `H5Dcreate2` and `H5Dget_offset`.
  public func reserve<T: Element>(_ type: T.Type, shape: [Int], at path: String) throws(HDF5Error) -> Int {
    let gate = file.gate
    let operation = "create dataset \(path)"
    guard let count = elementCount(of: shape, bytesPerElement: MemoryLayout<T>.size), count > 0 else {
      throw gate.error(.mismatch, operation, "the shape \(shape) has no elements, or too many for any machine")
    }
    let links = try file.linkCreation(operation)
    let creation = try gate.open(operation) { H5Pcreate(chdf5_dataset_create()) }
    try gate.call(operation) { H5Pset_obj_track_times(creation.id, false) }
    try gate.call(operation) { H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_EARLY) }
    try gate.call(operation) { H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER) }
    let space = try gate.dataspace(shape, operation)
    let type = try T.fileType(through: gate, operation)
    let fileID = file.handle.id
    let dataset = try gate.open(operation) {
      H5Dcreate2(fileID, path, type.id, space.id, links.id, creation.id, hid_t(H5P_DEFAULT))
    }
    var address = chdf5_no_address()
    try gate.call(operation) {
      address = H5Dget_offset(dataset.id)
      return 0
    }
    guard address != chdf5_no_address(), let offset = Int(exactly: address) else {
      throw gate.error(.failed, operation, "libhdf5 gives it no place")
    }
    return offset
  }

  /// The size of the whole file; nothing may be created afterwards.
  ///
  /// The corresponding C function is `H5Fflush`.
  public var byteCount: Int {
    get throws(HDF5Error) {
      try flush()
      return try file.byteCount
    }
  }

  /// The parts of the file that libhdf5 has written; nothing may be created afterwards.
  ///
  /// A part is whole pages, so it may reach into datasets, with zeros: parts are written before the datasets' bytes.
  ///
  /// The corresponding C functions are `H5Fflush`, `lseek` and `pread`.
  public func pieces() throws(HDF5Error) -> [(offset: Int, bytes: [UInt8])] {
    let operation = "copy file"
    try flush()
    let end = try file.byteCount
    var pieces: [(offset: Int, bytes: [UInt8])] = []
    var position = 0
    while true {
      let start = lseek(memory.descriptor, position, chdf5_seek_data())
      // No such position: there is no data after this one.
      if start < 0 && errno == ENXIO { break }
      let hole = start < 0 ? -1 : lseek(memory.descriptor, start, chdf5_seek_hole())
      guard hole > start else { throw file.gate.error(.failed, operation, String(cString: strerror(errno))) }
      position = hole
      guard start < end else { break }
      var bytes = [UInt8](repeating: 0, count: min(hole, end) - start)
      let count = bytes.withUnsafeMutableBytes { pread(memory.descriptor, $0.baseAddress, $0.count, start) }
      guard count == bytes.count else { throw file.gate.error(.failed, operation, "the file in memory is cut off") }
      pieces.append((start, bytes))
    }
    return pieces
  }

  private func flush() throws(HDF5Error) {
    let id = file.handle.id
    try file.gate.call("flush file") { H5Fflush(id, H5F_SCOPE_LOCAL) }
  }
}

/// Owns the descriptor of a file in memory.
///
/// Not private: the compiler (6.3) fails on modules that use a type which holds a private one without copies.
struct MemoryDescriptor: ~Copyable, Sendable {
  let descriptor: Int32

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Writes all of the bytes; false, with `errno`, if that fails.
  func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        written += count
      }
      return descriptor >= 0
    }
  }
}
