internal import CHDF5
import Glibc

/// Small values attached to a group or dataset of a file; the root's path is "/".
extension File {
  /// Whether the object has an attribute of this name.
  ///
  /// The corresponding C function is `H5Aexists`.
  public func hasAttribute(_ name: String, of path: String) throws(HDF5Error) -> Bool {
    let operation = "look for attribute \(name) of \(path)"
    let object = try openObject(path, operation)
    return try gate.call(operation) { H5Aexists(object.id, name) } > 0
  }

  /// Writes a text of any length as a variable-length UTF-8 string.
  public func writeAttribute(_ name: String, _ value: String, of path: String) throws(HDF5Error) {
    try writeStrings(name, [value], shape: [], of: path)
  }

  /// Writes texts as a one-dimensional array of variable-length UTF-8 strings.
  public func writeAttribute(_ name: String, _ values: [String], of path: String) throws(HDF5Error) {
    try writeStrings(name, values, shape: [values.count], of: path)
  }

  /// Writes a whole number as a 64-bit scalar.
  public func writeAttribute(_ name: String, _ value: Int, of path: String) throws(HDF5Error) {
    try writeNumbers(name, [Int64(value)], shape: [], of: path)
  }

  /// Writes a 64-bit floating-point scalar.
  public func writeAttribute(_ name: String, _ value: Double, of path: String) throws(HDF5Error) {
    try writeNumbers(name, [value], shape: [], of: path)
  }

  /// Writes whole numbers as a one-dimensional array of 64 bits each.
  public func writeAttribute(_ name: String, _ values: [Int], of path: String) throws(HDF5Error) {
    try writeNumbers(name, values.map { Int64($0) }, shape: [values.count], of: path)
  }

  /// Writes an array of no elements as h5py writes an empty list: 64-bit floating-point, shape `[0]`.
  ///
  /// Keras writes the `weight_names` of a layer without weights so.
  public func writeEmptyAttribute(_ name: String, of path: String) throws(HDF5Error) {
    try writeNumbers(name, [Double](), shape: [0], of: path)
  }

  /// Reads one text, stored with fixed or variable length.
  public func attribute(_ name: String, of path: String, as type: String.Type = String.self) throws(HDF5Error) -> String
  {
    try single(readStrings(name, of: path), name, path)
  }

  /// Reads texts, stored with fixed or variable length; an empty array of any type is no texts.
  public func attribute(
    _ name: String, of path: String, as type: [String].Type = [String].self
  ) throws(HDF5Error) -> [String] {
    try readStrings(name, of: path)
  }

  /// Reads one whole number.
  public func attribute(_ name: String, of path: String, as type: Int.Type = Int.self) throws(HDF5Error) -> Int {
    Int(try single(readNumbers(name, of: path, as: Int64.self), name, path))
  }

  /// Reads one number.
  public func attribute(_ name: String, of path: String, as type: Double.Type = Double.self) throws(HDF5Error) -> Double
  {
    try single(readNumbers(name, of: path, as: Double.self), name, path)
  }

  /// Reads whole numbers; an empty array of any type is none.
  public func attribute(_ name: String, of path: String, as type: [Int].Type = [Int].self) throws(HDF5Error) -> [Int] {
    try readNumbers(name, of: path, as: Int64.self).map { Int($0) }
  }

  /// Reads numbers; an empty array of any type is none.
  public func attribute(
    _ name: String, of path: String, as type: [Double].Type = [Double].self
  ) throws(HDF5Error) -> [Double] {
    try readNumbers(name, of: path, as: Double.self)
  }

  // MARK: Writing

  private func writeStrings(
    _ name: String, _ values: [String], shape: [Int], of path: String
  ) throws(HDF5Error) {
    let operation = "write attribute \(name) of \(path)"
    // Copies, because C strings of all values must live at the same time.
    let pointers = values.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    let type = try gate.stringType(byteCount: chdf5_variable_size(), H5T_CSET_UTF8, operation)
    try write(name, fileType: type, memoryType: type.id, shape: shape, of: path, operation, pointers)
  }

  private func writeNumbers<T: Element>(
    _ name: String, _ values: [T], shape: [Int], of path: String
  ) throws(HDF5Error) {
    let operation = "write attribute \(name) of \(path)"
    let type = try T.fileType(through: gate, operation)
    try write(name, fileType: type, memoryType: T.memoryType, shape: shape, of: path, operation, values)
  }

  /// Creates an attribute and fills it with `values`.
  ///
  /// The corresponding C functions are `H5Acreate2` and `H5Awrite`.
  private func write<Value>(
    _ name: String, fileType: borrowing Handle, memoryType: hid_t, shape: [Int], of path: String, _ operation: String,
    _ values: [Value]
  ) throws(HDF5Error) {
    let fileType = fileType.id
    let object = try openObject(path, operation)
    let space = try gate.dataspace(shape, operation)
    let attribute = try gate.open(operation) {
      H5Acreate2(object.id, name, fileType, space.id, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    }
    guard !values.isEmpty else { return }
    try gate.call(operation) { values.withUnsafeBytes { H5Awrite(attribute.id, memoryType, $0.baseAddress) } }
  }

  // MARK: Reading

  /// An attribute that is open for reading.
  struct StoredAttribute: ~Copyable {
    let handle: Handle
    let space: Handle
    let type: Handle
    let elementType: ElementType
    let shape: [Int]
    let count: Int
  }

  /// Opens an attribute whose values fit the file.
  ///
  /// The corresponding C functions are `H5Aopen`, `H5Aget_space` and `H5Aget_type`.
  func openAttribute(
    _ name: String, of path: String, _ operation: String
  ) throws(HDF5Error) -> StoredAttribute {
    let object = try openObject(path, operation)
    guard try gate.call(operation, { H5Aexists(object.id, name) }) > 0 else {
      throw gate.error(.objectNotFound, operation, "the object has no attribute of this name")
    }
    let handle = try gate.open(operation) { H5Aopen(object.id, name, hid_t(H5P_DEFAULT)) }
    let space = try gate.open(operation) { H5Aget_space(handle.id) }
    let type = try gate.open(operation) { H5Aget_type(handle.id) }
    let elementType = try ElementType(of: type, through: gate, operation)
    let shape = try gate.shape(of: space, operation)
    let isNull = try gate.call(operation) { H5Sget_simple_extent_type(space.id).rawValue } == H5S_NULL.rawValue
    let byteCount = try self.byteCount
    guard let count = isNull ? 0 : elementCount(of: shape, bytesPerElement: elementType.byteCount),
      count * elementType.byteCount <= byteCount
    else {
      throw gate.error(.refused, operation, "its shape \(shape) of \(elementType) does not fit the file")
    }
    return StoredAttribute(
      handle: handle, space: space, type: type, elementType: elementType, shape: shape, count: count)
  }

  /// Reads numbers.
  ///
  /// The corresponding C function is `H5Aread`.
  private func readNumbers<T: Element & Numeric>(
    _ name: String, of path: String, as type: T.Type
  ) throws(HDF5Error) -> [T] {
    let operation = "read attribute \(name) of \(path)"
    let attribute = try openAttribute(name, of: path, operation)
    guard attribute.count > 0 else { return [] }
    try requireShort(attribute, operation)
    let isWhole = attribute.elementType.kind == .signedInteger || attribute.elementType.kind == .unsignedInteger
    guard isWhole || (attribute.elementType.kind == .float && T.elementType.kind == .float) else {
      throw gate.error(.mismatch, operation, "\(T.elementType) was asked for, but it holds \(attribute.elementType)")
    }
    var values = [T](repeating: .zero, count: attribute.count)
    try gate.call(operation) {
      values.withUnsafeMutableBytes { H5Aread(attribute.handle.id, T.memoryType, $0.baseAddress) }
    }
    return values
  }

  /// Reads strings of either kind.
  ///
  /// The corresponding C functions are `H5Tis_variable_str` and `H5Aread`.
  private func readStrings(_ name: String, of path: String) throws(HDF5Error) -> [String] {
    let operation = "read attribute \(name) of \(path)"
    let attribute = try openAttribute(name, of: path, operation)
    guard attribute.count > 0 else { return [] }
    guard attribute.elementType.kind == .string else {
      throw gate.error(.mismatch, operation, "text was asked for, but it holds \(attribute.elementType)")
    }
    try requireShort(attribute, operation)
    if try gate.call(operation, { H5Tis_variable_str(attribute.type.id) }) > 0 {
      let id = attribute.handle.id
      return try gate.variableTexts(attribute.count, of: id, upTo: FileReadError.textLimit, operation) {
        type, memory throws(HDF5Error) in
        try gate.call(operation) { H5Aread(id, type, memory) }
      }
    }
    let type = try gate.stringType(like: attribute.type, operation)
    let size = attribute.elementType.byteCount
    var bytes = [UInt8](repeating: 0, count: attribute.count * size)
    try gate.call(operation) { bytes.withUnsafeMutableBytes { H5Aread(attribute.handle.id, type.id, $0.baseAddress) } }
    return try gate.texts(in: bytes, ofSize: size, operation)
  }

  /// Makes sure that an attribute is no longer than settings are: it is read whole, before anybody knows what it says.
  private func requireShort(_ attribute: borrowing StoredAttribute, _ operation: String) throws(HDF5Error) {
    let byteCount = attribute.count * attribute.elementType.byteCount
    guard byteCount <= FileReadError.textLimit else { throw gate.tooLong(upTo: FileReadError.textLimit, operation) }
  }

  private func single<Value>(_ values: [Value], _ name: String, _ path: String) throws(HDF5Error) -> Value {
    guard let value = values.first, values.count == 1 else {
      throw gate.error(
        .mismatch, "read attribute \(name) of \(path)", "one value was asked for, but it holds \(values.count)")
    }
    return value
  }

  /// Opens the object that carries attributes.
  ///
  /// The corresponding C function is `H5Oopen`.
  func openObject(_ path: String, _ operation: String) throws(HDF5Error) -> Handle {
    guard try exists(path) else {
      throw gate.error(.objectNotFound, operation, "the file has no object of this path")
    }
    return try gate.open(operation) { H5Oopen(handle.id, path, hid_t(H5P_DEFAULT)) }
  }
}
