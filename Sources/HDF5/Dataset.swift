internal import CHDF5
import Numerics

/// An array of numbers in a file, open for reading.
///
/// A dataset that could be opened is safe to allocate memory for: its shape does not overflow, and its bytes are in the
/// file. One that keeps its data in other files, or needs a filter other than deflate, shuffle and fletcher32, is
/// refused.
public struct Dataset: ~Copyable, Sendable {
  /// The path in the file.
  public let path: String
  /// The extents; empty for a scalar.
  public let shape: [Int]
  /// The type of the elements in the file.
  public let elementType: ElementType
  /// The extents of a chunk, or nil if the data is stored in one piece.
  public let chunkShape: [Int]?
  /// The product of the extents.
  public let elementCount: Int
  /// What the data goes through on its way to the file, in this order.
  public let filters: [Filter]
  /// Whether the bytes of a number start with the most significant one.
  public let isBigEndian: Bool

  let gate: Gate
  let handle: Handle
  private let extent: FileExtent?
  /// How many axes of length 1 the file has before those of `shape`.
  private let skippedAxes: Int

  /// Opens a dataset of `file` whose path is known to lead through links within the file.
  ///
  /// The corresponding C functions are `H5Dopen2`, `H5Dget_space`, `H5Dget_type` and `H5Dget_create_plist`.
  init(_ path: String, in file: borrowing File, skippedAxes: Int = 0) throws(HDF5Error) {
    let gate = file.gate
    let fileID = file.handle.id
    let operation = "open dataset \(path)"

    let access = try gate.open(operation) { H5Pcreate(chdf5_dataset_access()) }
    try gate.call(operation) { H5Pset_chunk_cache(access.id, 12_421, chunkCacheBytes, 0.75) }
    let handle = try gate.open(operation) { H5Dopen2(fileID, path, access.id) }
    let creation = try gate.open(operation) { H5Dget_create_plist(handle.id) }
    try refuseForeignStorage(creation, gate, operation)
    let filters = try HDF5.filters(creation, gate, operation)

    let space = try gate.open(operation) { H5Dget_space(handle.id) }
    let type = try gate.open(operation) { H5Dget_type(handle.id) }
    let shape = try gate.shape(of: space, operation)
    let elementType = try ElementType(of: type, through: gate, operation)
    let byteOrder = elementType.isNumeric ? try gate.byteOrder(of: type, operation) : H5T_ORDER_NONE
    let chunkShape = try HDF5.chunkShape(creation, gate, operation)
    let declaration = Declaration(
      shape: shape, elementType: elementType, chunkShape: chunkShape, isDeflated: filters.contains(.deflate))
    try refuseMissingBytes(of: declaration, handle, fileByteCount: try file.byteCount, gate, operation)

    guard skippedAxes <= shape.count, shape.prefix(skippedAxes).allSatisfy({ $0 == 1 }) else {
      throw gate.error(.mismatch, operation, "its shape \(shape) does not begin with \(skippedAxes) axes of length 1")
    }
    self.path = path
    self.shape = Array(shape.dropFirst(skippedAxes))
    self.skippedAxes = skippedAxes
    self.elementType = elementType
    self.chunkShape = chunkShape.map { Array($0.dropFirst(skippedAxes)) }
    self.elementCount = shape.reduce(1, *)
    self.filters = filters
    isBigEndian = byteOrder == H5T_ORDER_BE
    self.gate = gate
    self.handle = handle
    extent = file.extent
  }

  /// Reads everything, converted to `T`, in row-major order.
  ///
  /// The buffer must have exactly `elementCount` elements. The corresponding C function is `H5Dread`.
  public func read<T: Element>(into buffer: UnsafeMutableBufferPointer<T>) throws(HDF5Error) {
    try checkReadable(elements: elementCount, into: buffer.count)
    guard elementCount > 0 else { return }
    try gate.call(readOperation) {
      H5Dread(handle.id, T.memoryType, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), buffer.baseAddress)
    }
    try extent?.requireUncut(gate, readOperation)
  }

  /// Reads the given positions of the first axis, converted to `T`, in row-major order.
  ///
  /// The buffer must have exactly as many elements as the rows.
  public func read<T: Element>(rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<T>) throws(HDF5Error) {
    let elements = try elementCount(of: rows)
    try checkReadable(elements: elements, into: buffer.count)
    guard elements > 0 else { return }
    try read(rows: rows, as: T.memoryType, into: buffer.baseAddress)
  }

  /// Reads the given positions of the first axis as they are in the file, in its type and byte order.
  ///
  /// The buffer must have exactly the size of the rows. The corresponding C functions are `H5Dget_type` and those of
  /// the function that converts.
  public func readStored(rows: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws(HDF5Error) {
    let elements = try elementCount(of: rows)
    try checkReadable(elements: elements * elementType.byteCount, into: bytes.count)
    guard elements > 0 else { return }
    let type = try gate.open(readOperation) { H5Dget_type(handle.id) }
    try read(rows: rows, as: type.id, into: bytes.baseAddress)
  }

  /// Reads positions of the first axis that are known to exist into memory that is known to have room.
  ///
  /// The corresponding C functions are `H5Sselect_hyperslab` and `H5Dread`.
  func read(rows: Range<Int>, as type: hid_t, into memory: UnsafeMutableRawPointer?) throws(HDF5Error) {
    let before = [hsize_t](repeating: 0, count: skippedAxes)
    let start = before + [hsize_t(rows.lowerBound)] + [hsize_t](repeating: 0, count: shape.count - 1)
    let extents = [Int](repeating: 1, count: skippedAxes) + [rows.count] + shape.dropFirst()
    let count = extents.map { hsize_t($0) }
    let source = try gate.open(readOperation) { H5Dget_space(handle.id) }
    try gate.call(readOperation) { H5Sselect_hyperslab(source.id, H5S_SELECT_SET, start, nil, count, nil) }
    // Of the same rank as the rows: from chunks to a flat dataspace libhdf5 goes element by element, 200 times slower.
    let target = try gate.dataspace(extents, readOperation)
    try gate.call(readOperation) { H5Dread(handle.id, type, target.id, source.id, hid_t(H5P_DEFAULT), memory) }
    try extent?.requireUncut(gate, readOperation)
  }

  /// Everything, converted to `T`, as a new array in row-major order.
  public func values<T: Element>(as type: T.Type = T.self) throws(HDF5Error) -> [T] {
    try array(elementCount) { buffer throws(HDF5Error) in try read(into: buffer) }
  }

  /// The given positions of the first axis, converted to `T`, as a new array in row-major order.
  public func values<T: Element>(rows: Range<Int>, as type: T.Type = T.self) throws(HDF5Error) -> [T] {
    try array(elementCount(of: rows)) { buffer throws(HDF5Error) in try read(rows: rows, into: buffer) }
  }

  var readOperation: String { "read dataset \(path)" }

  /// The number of elements of some rows, which must exist.
  func elementCount(of rows: Range<Int>) throws(HDF5Error) -> Int {
    guard let rowCount = shape.first else {
      throw gate.error(.mismatch, readOperation, "rows were asked for, but it is a single value")
    }
    guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw gate.error(.mismatch, readOperation, "rows \(rows) were asked for, but it has \(rowCount)")
    }
    return rowCount == 0 ? 0 : elementCount / rowCount * rows.count
  }

  private func array<T: Element>(
    _ count: Int, _ fill: (UnsafeMutableBufferPointer<T>) throws(HDF5Error) -> Void
  ) throws(HDF5Error) -> [T] {
    try requireMemory(count, MemoryLayout<T>.stride)
    var failure: HDF5Error?
    let values = [T](unsafeUninitializedCapacity: count) { room, filled in
      do throws(HDF5Error) {
        try fill(UnsafeMutableBufferPointer(start: room.baseAddress, count: count))
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
  }

  /// Makes sure that the machine has memory for what the file says there is.
  func requireMemory(_ count: Int, _ bytesPerElement: Int) throws(HDF5Error) {
    let (bytes, overflows) = count.multipliedReportingOverflow(by: bytesPerElement)
    guard let shortage = MachineMemory.shortage(of: overflows ? .max : bytes) else { return }
    throw gate.error(.refused, readOperation, "\(shortage); use a machine with more memory, or fewer samples")
  }

  private func checkReadable(elements: Int, into capacity: Int) throws(HDF5Error) {
    guard elementType.isNumeric else {
      throw gate.error(.mismatch, readOperation, "numbers were asked for, but it holds \(elementType)")
    }
    guard capacity == elements else {
      throw gate.error(.mismatch, readOperation, "there is room for \(capacity) elements, but there are \(elements)")
    }
  }
}

/// Room for the chunks of one dataset: a store's chunks are often larger than the library's default of 1 MiB, and a
/// compressed chunk that does not fit is decompressed again for every row.
private let chunkCacheBytes = 16 << 20

/// Refuses data that lies in other files.
///
/// The corresponding C functions are `H5Pget_layout` and `H5Pget_external_count`.
private func refuseForeignStorage(
  _ creation: borrowing Handle, _ gate: Gate, _ operation: String
) throws(HDF5Error) {
  let id = creation.id
  if try gate.call(operation, { H5Pget_layout(id).rawValue }) == H5D_VIRTUAL.rawValue {
    throw gate.error(.refused, operation, "it is a virtual dataset, made of other files; copy it into one file")
  }
  if try gate.call(operation, { H5Pget_external_count(id) }) > 0 {
    throw gate.error(.refused, operation, "its data lies in an external file; copy it into one file")
  }
}

/// What data can go through on its way to a file, as far as it is read.
public enum Filter: String, Sendable, CaseIterable {
  /// Compression, as gzip does it.
  case deflate
  /// The first bytes of all numbers, then the second, and so on, which compresses better.
  case shuffle
  /// A checksum.
  case fletcher32

  fileprivate var number: H5Z_filter_t {
    switch self {
    case .deflate: H5Z_filter_t(H5Z_FILTER_DEFLATE)
    case .shuffle: H5Z_filter_t(H5Z_FILTER_SHUFFLE)
    case .fletcher32: H5Z_filter_t(H5Z_FILTER_FLETCHER32)
    }
  }
}

/// What filters are called that are not read, by their registered numbers.
private let filterNames = [
  4: "szip", 5: "nbit", 6: "scaleoffset", 307: "bzip2", 32_000: "lzf", 32_001: "blosc", 32_004: "lz4",
  32_008: "bitshuffle", 32_013: "zfp", 32_015: "zstd", 32_017: "sz", 32_026: "blosc2",
]

/// The filters that data goes through; refuses those that the library does not bring itself, which would have to be loaded
/// as plugins.
///
/// The corresponding C function is `H5Pget_filter2`.
private func filters(_ creation: borrowing Handle, _ gate: Gate, _ operation: String) throws(HDF5Error) -> [Filter] {
  let id = creation.id
  var filters: [Filter] = []
  for index in 0..<(try gate.call(operation) { H5Pget_nfilters(id) }) {
    var valueCount = 0
    let number = try gate.call(operation) {
      H5Pget_filter2(id, UInt32(index), nil, &valueCount, nil, 0, nil, nil)
    }
    guard let filter = Filter.allCases.first(where: { $0.number == number }) else {
      throw gate.error(
        .refused, operation,
        "it is stored with \(filterNames[Int(number)].map { "\($0), " } ?? "")filter \(number); only deflate, shuffle and "
          + "fletcher32 are read, so store it again with these (h5py: compression='gzip')"
      )
    }
    filters.append(filter)
  }
  return filters
}

extension Gate {
  /// Where the most significant byte of a type's numbers is.
  ///
  /// The corresponding C function is `H5Tget_order`.
  fileprivate func byteOrder(of type: borrowing Handle, _ operation: String) throws(HDF5Error) -> H5T_order_t {
    let id = type.id
    return H5T_order_t(try call(operation) { H5Tget_order(id).rawValue })
  }
}

/// The extents of a chunk, or nil for other layouts.
///
/// The corresponding C function is `H5Pget_chunk`.
private func chunkShape(
  _ creation: borrowing Handle, _ gate: Gate, _ operation: String
) throws(HDF5Error) -> [Int]? {
  let id = creation.id
  guard try gate.call(operation, { H5Pget_layout(id).rawValue }) == H5D_CHUNKED.rawValue else { return nil }
  var extents = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
  let rank = try gate.call(operation) { H5Pget_chunk(id, Int32(H5S_MAX_RANK), &extents) }
  return extents.prefix(Int(rank)).map { Int(clamping: $0) }
}

/// What a dataset's header says about its data.
private struct Declaration {
  let shape: [Int]
  let elementType: ElementType
  let chunkShape: [Int]?
  let isDeflated: Bool
}

/// Refuses a shape that the stored bytes cannot fill, before anybody allocates memory for it.
///
/// The corresponding C functions are `H5Dget_storage_size`, `H5Dget_num_chunks` and `H5Dget_offset`.
private func refuseMissingBytes(
  of declaration: Declaration, _ dataset: borrowing Handle, fileByteCount: Int, _ gate: Gate, _ operation: String
) throws(HDF5Error) {
  let id = dataset.id
  func byteCount(_ shape: [Int]) throws(HDF5Error) -> Int {
    let size = declaration.elementType.byteCount
    guard let count = elementCount(of: shape, bytesPerElement: size) else {
      throw gate.error(.refused, operation, "the shape \(shape) is too large for any machine")
    }
    return count * size
  }
  let declared = try byteCount(declaration.shape)
  guard declared > 0 else { return }

  var stored = try gate.call(operation) { Int(clamping: H5Dget_storage_size(id)) }
  var needed = declared
  if let chunkShape = declaration.chunkShape {
    let expected = zip(declaration.shape, chunkShape).reduce(1) { $0 * ($1.0 / $1.1 + ($1.0 % $1.1 == 0 ? 0 : 1)) }
    var written: hsize_t = 0
    let space = try gate.open(operation) { H5Dget_space(id) }
    try gate.call(operation) { H5Dget_num_chunks(id, space.id, &written) }
    guard written == expected else {
      throw gate.error(
        .refused, operation, "only \(written) of its \(expected) chunks were written; write it again, as a whole")
    }
    // A byte of deflate's output stands for at most 1,032 of its input; the other filters make nothing smaller.
    needed = max(declared, try byteCount(chunkShape)) / (declaration.isDeflated ? 1_032 : 1)
  } else {
    // Data in one piece has an address, unless it is so small that it lies in the dataset's header.
    var address = chdf5_no_address()
    try gate.call(operation) {
      address = H5Dget_offset(id)
      return 0
    }
    if address != chdf5_no_address() { stored = min(stored, fileByteCount - Int(clamping: address)) }
  }
  guard needed <= min(stored, fileByteCount), stored > 0 else {
    throw gate.error(
      .refused, operation,
      "\(declaration.elementType) of shape \(declaration.shape) is \(declared) bytes, "
        + "but the file holds \(max(0, stored)) of them")
  }
}
