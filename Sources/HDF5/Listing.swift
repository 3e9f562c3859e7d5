internal import CHDF5
import Glibc

/// A name in a group, and what it leads to.
public struct Link: Sendable, Equatable {
  /// The ways to lead to an object.
  public enum Kind: Sendable, Equatable {
    /// To an object of the file.
    case hard
    /// To whatever has this path.
    case soft(target: String)
    /// To an object of another file, which is never opened.
    case external
    /// Of a kind that somebody has defined, which is never followed.
    case other
  }

  /// The name in its group.
  public let name: String
  /// What it leads to.
  public let kind: Kind
}

/// What is in a file, without reading it.
extension File {
  /// The names in a group, in ascending order of their bytes.
  ///
  /// - Parameter limit: the most names that are listed; a damaged or hostile group may claim any number.
  ///
  /// The corresponding C function is `H5Literate`.
  public func children(of path: String, limit: Int = 1_000_000) throws(HDF5Error) -> [String] {
    let operation = "list group \(path)"
    try require(.group, at: path, operation)
    let group = try gate.open(operation) { H5Gopen2(handle.id, path, hid_t(H5P_DEFAULT)) }
    var list = NameList(limit: limit)
    try gate.call(operation) {
      withUnsafeMutablePointer(to: &list) { chdf5_visit_links(group.id, appendName, $0) }
    }
    return list.names
  }

  /// The links in a group, in ascending order of the bytes of their names; no link is followed.
  ///
  /// The corresponding C functions are `H5Literate`, `H5Lget_info` and `H5Lget_val`.
  public func links(of path: String, limit: Int = 1_000_000) throws(HDF5Error) -> [Link] {
    let operation = "list group \(path)"
    var links: [Link] = []
    for name in try children(of: path, limit: limit) {
      let place = path == "/" ? "/\(name)" : "\(path)/\(name)"
      let kind: Link.Kind
      // A damaged group may have names that no path leads through.
      switch (try? gate.call(operation) { chdf5_link_type(handle.id, place) }) ?? -1 {
      case H5L_TYPE_HARD.rawValue: kind = .hard
      case H5L_TYPE_SOFT.rawValue: kind = .soft(target: try softTarget(of: place, operation))
      case H5L_TYPE_EXTERNAL.rawValue: kind = .external
      default: kind = .other
      }
      links.append(Link(name: name, kind: kind))
    }
    return links
  }

  private func softTarget(of path: String, _ operation: String) throws(HDF5Error) -> String {
    let size = try gate.call(operation) { chdf5_link_target_size(handle.id, path) }
    guard size <= (try byteCount) else { throw gate.error(.refused, operation, "a link is longer than the file") }
    var bytes = [UInt8](repeating: 0, count: size + 1)
    try gate.call(operation) {
      bytes.withUnsafeMutableBytes { H5Lget_val(handle.id, path, $0.baseAddress, size, hid_t(H5P_DEFAULT)) }
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A number that two paths share if they lead to the same object.
  ///
  /// The corresponding C function is `H5Oget_info_by_name`.
  public func address(of path: String) throws(HDF5Error) -> UInt64 {
    let operation = "find \(path)"
    guard try exists(path) else { throw gate.error(.objectNotFound, operation, "the file has no object of this path") }
    var address: haddr_t = 0
    try gate.call(operation) { chdf5_object_address(handle.id, path, &address) }
    return UInt64(address)
  }

  /// The names of an object's attributes, in ascending order of their bytes.
  ///
  /// The corresponding C functions are `H5Aget_num_attrs` and `H5Aget_name_by_idx`.
  public func attributeNames(of path: String) throws(HDF5Error) -> [String] {
    let operation = "list the attributes of \(path)"
    let object = try openObject(path, operation)
    var names: [String] = []
    for index in 0..<(try gate.call(operation) { H5Aget_num_attrs(object.id) }) {
      func name(_ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> Int {
        H5Aget_name_by_idx(
          object.id, ".", H5_INDEX_NAME, H5_ITER_INC, hsize_t(index), buffer, capacity, hid_t(H5P_DEFAULT))
      }
      let length = try gate.call(operation) { name(nil, 0) }
      var bytes = [CChar](repeating: 0, count: length + 1)
      try gate.call(operation) { name(&bytes, bytes.count) }
      let name = bytes.prefix(length).map { UInt8(bitPattern: $0) }
      names.append(String(validating: name, as: UTF8.self) ?? escaped(name))
    }
    return names
  }

  /// What an attribute holds: the type and the extents, empty for a single value.
  public func attributeForm(_ name: String, of path: String) throws(HDF5Error) -> (type: ElementType, shape: [Int]) {
    let attribute = try openAttribute(name, of: path, "read attribute \(name) of \(path)")
    return (attribute.elementType, attribute.shape)
  }
}

/// The names that a walk over a group has met.
private struct NameList {
  let limit: Int
  var names: [String] = []
}

/// Appends a name to the list that `context` points to; a positive result ends the walk.
private func appendName(_ name: UnsafePointer<CChar>?, _ context: UnsafeMutableRawPointer?) -> Int32 {
  guard let name, let list = context?.assumingMemoryBound(to: NameList.self) else { return -1 }
  // A name that is not UTF-8 is shown, but leads nowhere.
  list.pointee.names.append(
    String(validatingCString: name) ?? escaped(UnsafeRawBufferPointer(start: name, count: strlen(name))))
  return list.pointee.names.count < list.pointee.limit ? 0 : 1
}
