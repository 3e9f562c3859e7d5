internal import CHDF5
import Glibc
import Numerics
import Synchronization

/// An HDF5 file, open as long as the value lives.
///
/// Files on disk are read only. A file to be written is built in memory and its `image()` written in one checked step
/// (see `AtomicFile`), so libhdf5 never meets a full disk; what is read back is verified before it is parsed by opening
/// an image whose checksum is known. Files hold no times: the same calls give the same bytes.
///
/// Paths start at the root, "/train/images". They lead through hard and soft links within the file; external and
/// user-defined links are refused. Functions are safe to call from several threads.
public struct File: ~Copyable, Sendable {
  /// What a path leads to.
  public enum ObjectKind: Sendable {
    /// A group of objects.
    case group
    /// An array.
    case dataset
    /// An object of another kind, such as a named type.
    case other
    /// Nothing.
    case missing
  }

  /// The path of the file, or the name given to a file in memory.
  public let name: String

  let gate: Gate
  let handle: Handle
  /// The size on disk; nil for a file in memory.
  let extent: FileExtent?

  /// Opens a file on disk for reading.
  ///
  /// The corresponding C functions are `stat`, `H5Pset_driver`, `H5Fopen` and `H5Fget_vfd_handle`.
  public init(opening path: String) throws(HDF5Error) {
    let gate = Gate(file: path)
    var status = stat()
    guard stat(path, &status) == 0 else {
      let code = errno
      throw gate.error(
        code == ENOENT || code == ENOTDIR ? .fileNotFound : .failed, "open file", String(cString: strerror(code)))
    }
    // libhdf5 would wait for the writer of a pipe, and says of a folder when and into which buffer it has read.
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw gate.error(.failed, "open file", isFolder ? "a folder" : "a pipe or a device")
    }
    guard access(path, R_OK) == 0 else {
      throw gate.error(.unreadable, "open file", String(cString: strerror(errno)))
    }
    let access = try gate.open("open file") { H5Pcreate(chdf5_file_access()) }
    try gate.call("open file") { H5Pset_driver(access.id, Library.shared.readingDriver, nil) }
    let handle = try Self.handle(of: path, access, gate)
    let extent = try FileExtent(of: handle, gate)
    self.init(handle, name: path, gate, extent: extent)
  }

  /// Opens the bytes of a file for reading; `name` is for messages.
  ///
  /// libhdf5 reads them through the driver that files on disk are read with: its driver for files in memory believes more
  /// of what a damaged file says. Needs Linux's memory files and /proc.
  ///
  /// The corresponding C functions are `memfd_create`, `H5Pset_driver` and `H5Fopen`.
  public init(image: [UInt8], name: String) throws(HDF5Error) {
    let gate = Gate(file: name)
    try LocalHeaps.check(image, gate)
    let memory = MemoryDescriptor(descriptor: chdf5_memory_descriptor())
    guard memory.write(image) else { throw gate.error(.failed, "open file", String(cString: strerror(errno))) }
    let access = try gate.open("open file") { H5Pcreate(chdf5_file_access()) }
    try gate.call("open file") { H5Pset_driver(access.id, Library.shared.imageDriver, nil) }
    let path = "/proc/self/fd/\(memory.descriptor)"
    let handle = try Self.handle(of: path, access, gate)
    self.init(handle, name: name, gate)
  }

  /// Opens a file for reading, whose lock libhdf5 takes; files in memory have one too.
  ///
  /// The corresponding C function is `H5Fopen`.
  private static func handle(
    of path: String, _ access: borrowing Handle, _ gate: Gate
  ) throws(HDF5Error) -> Handle {
    do {
      return try gate.open("open file") { H5Fopen(path, chdf5_read_only(), access.id) }
    } catch {
      guard error.detail.contains("unable to lock file") else { throw error }
      let isTaken = error.detail.contains("errno = \(EAGAIN),")
      throw gate.error(
        .unreadable, "open file",
        isTaken
          ? "another program has it open for writing"
          : "its file system has no locks; export HDF5_USE_FILE_LOCKING=FALSE to do without")
    }
  }

  /// Creates an empty file in memory; `name` is for messages.
  ///
  /// The corresponding C functions are `H5Pset_fapl_core` and `H5Fcreate`.
  public static func inMemory(name: String = "file in memory") throws(HDF5Error) -> File {
    let gate = Gate(file: name)
    let access = try memoryAccess(gate, "create file")
    let handle = try gate.open("create file") {
      H5Fcreate(uniqueName(name), chdf5_truncate(), hid_t(H5P_DEFAULT), access.id)
    }
    return File(handle, name: name, gate)
  }

  init(_ handle: consuming Handle, name: String, _ gate: Gate, extent: FileExtent? = nil) {
    self.extent = extent
    self.handle = handle
    self.name = name
    self.gate = gate
  }

  /// The bytes of the file as it would be on disk.
  ///
  /// The corresponding C functions are `H5Fflush` and `H5Fget_file_image`.
  public func image() throws(HDF5Error) -> [UInt8] {
    try gate.call("flush file") { H5Fflush(handle.id, H5F_SCOPE_LOCAL) }
    let byteCount = try gate.call("copy file") { H5Fget_file_image(handle.id, nil, 0) }
    var bytes = [UInt8](repeating: 0, count: byteCount)
    try gate.call("copy file") {
      bytes.withUnsafeMutableBytes { H5Fget_file_image(handle.id, $0.baseAddress, $0.count) }
    }
    return bytes
  }

  /// The size of the file in bytes.
  ///
  /// The corresponding C function is `H5Fget_filesize`.
  public var byteCount: Int {
    get throws(HDF5Error) {
      var byteCount: hsize_t = 0
      try gate.call("measure file") { H5Fget_filesize(handle.id, &byteCount) }
      return Int(clamping: byteCount)
    }
  }

  /// Whether `path` leads to an object.
  public func exists(_ path: String) throws(HDF5Error) -> Bool { try kind(of: path) != .missing }

  /// What `path` leads to; throws if an external or user-defined link is on the way.
  ///
  /// The corresponding C functions are `H5Lexists`, `H5Lget_info` and `H5Oopen`.
  public func kind(of path: String) throws(HDF5Error) -> ObjectKind {
    let operation = "follow path \(path)"
    var kind = ObjectKind.group
    var prefix = ""
    for component in Path.parts(of: path) {
      prefix += "/\(component)"
      guard kind == .group, try gate.call(operation, { H5Lexists(handle.id, prefix, hid_t(H5P_DEFAULT)) }) > 0 else {
        return .missing
      }
      switch try gate.call(operation, { chdf5_link_type(handle.id, prefix) }) {
      case H5L_TYPE_HARD.rawValue: break
      case H5L_TYPE_SOFT.rawValue:
        // A soft link may dangle, or lead to a link that is refused.
        guard try gate.call(operation, { H5Oexists_by_name(handle.id, prefix, hid_t(H5P_DEFAULT)) }) > 0 else {
          return .missing
        }
      default: throw gate.error(.refused, operation, "\(prefix) is a link to another file; copy the data into one file")
      }
      kind = try objectKind(prefix, operation)
    }
    return kind
  }

  /// Creates a group and the groups above it.
  ///
  /// The corresponding C function is `H5Gcreate2`.
  public func createGroup(_ path: String) throws(HDF5Error) {
    let operation = "create group \(path)"
    let links = try linkCreation(operation)
    let creation = try gate.open(operation) { H5Pcreate(chdf5_group_create()) }
    try gate.call(operation) { H5Pset_obj_track_times(creation.id, false) }
    _ = try gate.open(operation) { H5Gcreate2(handle.id, path, links.id, creation.id, hid_t(H5P_DEFAULT)) }
  }

  /// Opens a dataset for reading.
  ///
  /// - Parameter skippedAxes: how many of its first axes, all of length 1, are left out of its shape.
  public func dataset(at path: String, skippedAxes: Int = 0) throws(HDF5Error) -> Dataset {
    try require(.dataset, at: path, "open dataset \(path)")
    return try Dataset(path, in: self, skippedAxes: skippedAxes)
  }

  /// Writes a new dataset, and the groups above it, as little-endian numbers.
  ///
  /// - Parameters:
  ///   - values: the elements in row-major order, as many as `shape` says.
  ///   - shape: the extents; empty for a scalar.
  ///   - path: where the dataset is created.
  ///   - chunks: the extents of a chunk; in one piece if nil.
  ///
  /// The corresponding C functions are `H5Dcreate2` and `H5Dwrite`.
  public func write<T: Element>(
    _ values: UnsafeBufferPointer<T>, shape: [Int], to path: String, chunks: [Int]? = nil
  ) throws(HDF5Error) {
    let operation = "write dataset \(path)"
    guard elementCount(of: shape) == values.count else {
      throw gate.error(.mismatch, operation, "there are \(values.count) elements for the shape \(shape)")
    }
    let links = try linkCreation(operation)
    let creation = try gate.open(operation) { H5Pcreate(chdf5_dataset_create()) }
    try gate.call(operation) { H5Pset_obj_track_times(creation.id, false) }
    if let chunks {
      guard chunks.count == shape.count, chunks.allSatisfy({ $0 > 0 }) else {
        throw gate.error(.mismatch, operation, "chunks of \(chunks) do not divide the shape \(shape)")
      }
      try gate.call(operation) { H5Pset_chunk(creation.id, Int32(chunks.count), chunks.map { hsize_t($0) }) }
    }
    let space = try gate.dataspace(shape, operation)
    let type = try T.fileType(through: gate, operation)
    let dataset = try gate.open(operation) {
      H5Dcreate2(handle.id, path, type.id, space.id, links.id, creation.id, hid_t(H5P_DEFAULT))
    }
    guard !values.isEmpty else { return }
    try gate.call(operation) {
      H5Dwrite(dataset.id, T.memoryType, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), values.baseAddress)
    }
  }

  /// Writes a new dataset, and the groups above it, as little-endian numbers.
  ///
  /// As the function that takes a buffer.
  public func write<T: Element>(
    _ values: [T], shape: [Int], to path: String, chunks: [Int]? = nil
  ) throws(HDF5Error) {
    try values.withUnsafeBufferPointer { values throws(HDF5Error) in
      try write(values, shape: shape, to: path, chunks: chunks)
    }
  }

  /// Throws unless `path` leads to an object of this kind through links within the file.
  func require(_ expected: ObjectKind, at path: String, _ operation: String) throws(HDF5Error) {
    let found = try kind(of: path)
    guard found != .missing else { throw gate.error(.objectNotFound, operation, "the file has no object of this path") }
    guard found == expected else { throw gate.error(.mismatch, operation, "it is not a \(expected)") }
  }

  /// What the object of an existing path is.
  ///
  /// The corresponding C functions are `H5Oopen` and `H5Iget_type`.
  private func objectKind(_ path: String, _ operation: String) throws(HDF5Error) -> ObjectKind {
    let object = try gate.open(operation) { H5Oopen(handle.id, path, hid_t(H5P_DEFAULT)) }
    switch try gate.call(operation, { H5Iget_type(object.id).rawValue }) {
    case H5I_GROUP.rawValue: return .group
    case H5I_DATASET.rawValue: return .dataset
    default: return .other
    }
  }

  /// The property list that creates missing groups on the way to a new object.
  func linkCreation(_ operation: String) throws(HDF5Error) -> Handle {
    let links = try gate.open(operation) { H5Pcreate(chdf5_link_create()) }
    try gate.call(operation) { H5Pset_create_intermediate_group(links.id, 1) }
    return links
  }
}

/// The property list of files in memory that leave no trace on disk.
private func memoryAccess(_ gate: Gate, _ operation: String) throws(HDF5Error) -> Handle {
  let access = try gate.open(operation) { H5Pcreate(chdf5_file_access()) }
  try gate.call(operation) { H5Pset_fapl_core(access.id, 1 << 20, false) }
  return access
}

/// A name that no other file in memory has: libhdf5 takes two of one name for the same file.
private func uniqueName(_ name: String) -> String {
  "\(name) #\(filesInMemory.wrappingAdd(1, ordering: .relaxed).newValue)"
}

private let filesInMemory = Atomic<Int>(0)
