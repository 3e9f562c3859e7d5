internal import CHDF5
import Glibc

/// Reads texts of variable length out of the heap of a file.
///
/// libhdf5 1.10 believes what a heap says about itself: in a damaged file it copies beyond its buffers, or walks over an
/// object of no size for ever. So it is asked for the references alone, and the heap they point into is read here, where
/// every size is checked. The layout is that of "Disk Format: Level 1E - Global Heap" of the HDF5 file format.
struct GlobalHeap: ~Copyable {
  private let gate: Gate
  private let operation: String
  private let file: Handle
  /// Where the addresses of the file count from.
  private let base: Int
  private let fileByteCount: Int
  private let memory: UnsafeRawPointer?
  private let descriptor: Int32

  /// What was read of the heap: its bytes, and where the objects are in them.
  private struct Collection {
    var bytes: [UInt8]
    var objects: [Int: Range<Int>] = [:]
  }

  /// The collections that were read, by their addresses: texts that were shuffled lie in many.
  private var collections: [Int: Collection] = [:]
  private var cachedByteCount = 0
  private static let cacheByteCount = 64 << 20
  /// How many bytes may still be read, as collections and as texts: damaged files could say the same over and over.
  private var budget: Int

  /// The size of a reference: a length, the address of a collection, the number of an object in it.
  static let referenceByteCount = 16
  private static let headerByteCount = 16

  /// Prepares to read from the file in which an object lies.
  ///
  /// The corresponding C functions are `H5Iget_file_id`, `H5Pget_sizes`, `H5Pget_userblock` and `H5Fget_vfd_handle`.
  init(around object: hid_t, _ gate: Gate, _ operation: String) throws(HDF5Error) {
    let file = try gate.open(operation) { H5Iget_file_id(object) }
    let creation = try gate.open(operation) { H5Fget_create_plist(file.id) }
    let access = try gate.open(operation) { H5Fget_access_plist(file.id) }
    var (addressSize, lengthSize) = (0, 0)
    try gate.call(operation) { H5Pget_sizes(creation.id, &addressSize, &lengthSize) }
    guard addressSize == 8, lengthSize == 8 else {
      throw gate.error(.refused, operation, "its addresses are not of 8 bytes; write it again with h5repack")
    }
    var userBlock: hsize_t = 0
    try gate.call(operation) { H5Pget_userblock(creation.id, &userBlock) }
    var byteCount: hsize_t = 0
    // What was written to a file in memory has to be there before it is read past the library.
    try gate.call(operation) { H5Fflush(file.id, H5F_SCOPE_LOCAL) }
    try gate.call(operation) { H5Fget_filesize(file.id, &byteCount) }
    var handle: UnsafeMutableRawPointer?
    try gate.call(operation) { H5Fget_vfd_handle(file.id, hid_t(H5P_DEFAULT), &handle) }
    let isInMemory = try gate.call(operation) { H5Pget_driver(access.id) } == chdf5_memory_driver()
    guard let handle else { throw gate.error(.failed, operation, "libhdf5 does not say where the file is") }
    // The handle is where the driver has the file's descriptor, or the address of its bytes.
    memory = isInMemory ? handle.load(as: UnsafeRawPointer?.self) : nil
    descriptor = isInMemory ? -1 : handle.load(as: Int32.self)
    base = Int(clamping: userBlock)
    fileByteCount = Int(clamping: byteCount)
    budget = fileByteCount.multipliedReportingOverflow(by: 4).overflow ? .max : 4 * fileByteCount + (1 << 20)
    self.file = file
    self.gate = gate
    self.operation = operation
  }

  /// The text of at most `limit` bytes that a reference, of which the first byte is at `place`, points to.
  mutating func text(_ references: [UInt8], at place: Int, upTo limit: Int) throws(HDF5Error) -> String {
    let length = number(references, place, 4)
    guard length <= limit else { throw gate.tooLong(upTo: limit, operation) }
    let address = number(references, place + 4, 8)
    let index = number(references, place + 12, 4)
    if length == 0 || address == 0 { return "" }
    if collections[address] == nil {
      let collection = try readCollection(at: address)
      if cachedByteCount + collection.bytes.count > Self.cacheByteCount { (collections, cachedByteCount) = ([:], 0) }
      collections[address] = collection
      cachedByteCount += collection.bytes.count
    }
    guard let collection = collections[address], let object = collection.objects[index], length <= object.count else {
      throw damaged("no text \(index) of \(length) bytes")
    }
    try spend(length)
    return try gate.text(collection.bytes[object.prefix(length)].prefix { $0 != 0 }, operation)
  }

  /// Reads a collection and finds its objects.
  private mutating func readCollection(at address: Int) throws(HDF5Error) -> Collection {
    let header = try read(Self.headerByteCount, at: address)
    guard header.starts(with: Array("GCOL".utf8)), header[4] == 1 else { throw damaged("no collection") }
    let byteCount = number(header, 8, 8)
    try spend(byteCount)
    var collection = Collection(bytes: try read(byteCount, at: address))
    var place = Self.headerByteCount
    while place + Self.headerByteCount <= byteCount {
      let index = number(collection.bytes, place, 2)
      let size = number(collection.bytes, place + 8, 8)
      if index == 0 { break }  // what is left is free
      let start = place + Self.headerByteCount
      guard size <= byteCount - start else { throw damaged("an object of \(size) bytes") }
      collection.objects[index] = start..<start + size
      place = start + (size + 7) / 8 * 8
    }
    return collection
  }

  /// Reads bytes that must be in the file.
  private func read(_ count: Int, at address: Int) throws(HDF5Error) -> [UInt8] {
    guard base <= fileByteCount, address <= fileByteCount - base, count <= fileByteCount - base - address else {
      throw damaged("\(count) bytes")
    }
    let place = base + address
    if let memory { return Array(UnsafeRawBufferPointer(start: memory + place, count: count)) }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let result = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + done }, count - done, off_t(place + done))
      }
      if result < 0 && errno == EINTR { continue }
      guard result > 0 else {
        throw gate.error(
          .failed, operation, result == 0 ? "the file has become shorter" : String(cString: strerror(errno)))
      }
      done += result
    }
    return bytes
  }

  private mutating func spend(_ count: Int) throws(HDF5Error) {
    guard count <= budget else { throw damaged("texts longer than the file") }
    budget -= count
  }

  private func damaged(_ found: String) -> HDF5Error {
    gate.error(.refused, operation, "the heap of its texts is damaged: there is \(found)")
  }

  /// A number of so many bytes; one that no `Int` holds is the largest.
  private func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
    var number: UInt64 = 0
    for index in (0..<count).reversed() { number = number << 8 | UInt64(bytes[place + index]) }
    return Int(clamping: number)
  }
}

extension Gate {
  /// Reads the references of texts of variable length by `read`, and the texts they point to.
  ///
  /// The corresponding C function is `H5Tcreate`.
  ///
  /// - Parameters:
  ///   - object: the dataset or attribute.
  ///   - limit: how many bytes all texts may have together.
  ///   - textLimit: how many bytes each of them may have.
  ///   - read: reads the elements as the type it is given into memory.
  func variableTexts(
    _ count: Int, of object: hid_t, upTo limit: Int = .max, eachUpTo textLimit: Int = .max, _ operation: String,
    _ read: (hid_t, UnsafeMutableRawPointer?) throws(HDF5Error) -> Void
  ) throws(HDF5Error) -> [String] {
    var heap = try GlobalHeap(around: object, self, operation)
    let size = GlobalHeap.referenceByteCount
    let type = try open(operation) { H5Tcreate(H5T_OPAQUE, size) }
    var references = [UInt8](repeating: 0, count: count * size)
    try references.withUnsafeMutableBufferPointer { buffer throws(HDF5Error) in try read(type.id, buffer.baseAddress) }
    var texts: [String] = []
    var byteCount = 0
    for index in 0..<count {
      let text = try heap.text(references, at: index * size, upTo: min(limit, textLimit))
      byteCount += text.utf8.count
      guard byteCount <= limit else { throw tooLong(upTo: limit, operation) }
      texts.append(text)
    }
    return texts
  }

  /// Lets libhdf5 hand out references into the heap as they are: as opaque bytes of the same size.
  ///
  /// The corresponding C function is `H5Tregister`.
  static func registerReferences() {
    let text = H5Tcopy(chdf5_c_string())
    let bytes = H5Tcreate(H5T_OPAQUE, GlobalHeap.referenceByteCount)
    H5Tset_size(text, chdf5_variable_size())
    H5Tregister(H5T_PERS_SOFT, "references", text, bytes, leaveAsStored)
    H5Tclose(text)
    H5Tclose(bytes)
  }
}

/// The conversion from a reference in a file to the bytes it consists of: there is nothing to do.
private func leaveAsStored(
  _ source: hid_t, _ target: hid_t, _ data: UnsafeMutablePointer<H5T_cdata_t>?, _ count: Int, _ stride: Int,
  _ backgroundStride: Int, _ buffer: UnsafeMutableRawPointer?, _ background: UnsafeMutableRawPointer?, _ list: hid_t
) -> herr_t {
  guard let data else { return -1 }
  if data.pointee.command == H5T_CONV_INIT {
    data.pointee.need_bkg = H5T_BKG_NO
    return H5Tis_variable_str(source) > 0 && H5Tget_size(target) == GlobalHeap.referenceByteCount ? 0 : -1
  }
  return 0
}
