internal import CHDF5
import Numerics

extension Gate {
  /// A type of strings, padded with zeros, of the given size or of variable length.
  ///
  /// The corresponding C functions are `H5Tcopy`, `H5Tset_size` and `H5Tset_cset`.
  func stringType(byteCount: Int, _ characters: H5T_cset_t, _ operation: String) throws(HDF5Error) -> Handle {
    let type = try open(operation) { H5Tcopy(chdf5_c_string()) }
    try call(operation) { H5Tset_size(type.id, byteCount) }
    try call(operation) { H5Tset_cset(type.id, characters) }
    if byteCount != chdf5_variable_size() {
      try call(operation) { H5Tset_strpad(type.id, H5T_STR_NULLPAD) }
    }
    return type
  }

  /// The type in memory of strings that are stored as `stored` says.
  ///
  /// HDF5 refuses to convert between ASCII and UTF-8, so it takes over the file's. The corresponding C functions are
  /// `H5Tget_cset` and `H5Tis_variable_str`.
  func stringType(like stored: borrowing Handle, _ operation: String) throws(HDF5Error) -> Handle {
    let id = stored.id
    let characters = H5T_cset_t(try call(operation) { H5Tget_cset(id).rawValue })
    let isVariable = try call(operation) { H5Tis_variable_str(id) } > 0
    return try stringType(byteCount: isVariable ? chdf5_variable_size() : H5Tget_size(id), characters, operation)
  }
}

extension Gate {
  /// The texts in bytes of a fixed size each, which end at the first zero.
  func texts(in bytes: [UInt8], ofSize size: Int, _ operation: String) throws(HDF5Error) -> [String] {
    var texts: [String] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      texts.append(try text(bytes[start..<start + size].prefix { $0 != 0 }, operation))
    }
    return texts
  }

  /// The error for values of more than `limit` bytes, which nobody wrote to be read.
  func tooLong(upTo limit: Int, _ operation: String) -> HDF5Error {
    error(.refused, operation, "what it says is longer than \(Text.byteCount(limit))")
  }

  /// The text that bytes are; those of another encoding are refused, because nobody can tell which one it is.
  func text(_ bytes: some Collection<UInt8>, _ operation: String) throws(HDF5Error) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    throw error(.mismatch, operation, "the text '\(escaped(bytes))' is not UTF-8; write it in UTF-8")
  }
}

/// Bytes as text, those outside of ASCII as `\xE9`.
func escaped(_ bytes: some Collection<UInt8>) -> String {
  bytes.prefix(100).reduce(into: "") { text, byte in
    if (0x20..<0x7F).contains(byte) {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }
}

extension Dataset {
  /// The longest text of a dataset, in bytes: far longer than any name.
  private static let textLimit = 64_000

  /// The texts at the given positions of the first axis, stored with fixed or variable length, in row-major order.
  ///
  /// The corresponding C functions are `H5Dread` and `H5Tis_variable_str`.
  public func strings(rows: Range<Int>) throws(HDF5Error) -> [String] {
    let count = try elementCount(of: rows)
    guard elementType.kind == .string else {
      throw gate.error(.mismatch, readOperation, "text was asked for, but it holds \(elementType)")
    }
    guard count > 0 else { return [] }
    guard elementType.byteCount <= Self.textLimit else { throw gate.tooLong(upTo: Self.textLimit, readOperation) }
    try requireMemory(count, elementType.byteCount + MemoryLayout<String>.stride)
    let stored = try gate.open(readOperation) { H5Dget_type(handle.id) }
    if try gate.call(readOperation, { H5Tis_variable_str(stored.id) }) > 0 {
      return try gate.variableTexts(count, of: handle.id, eachUpTo: Self.textLimit, readOperation) {
        type, memory throws(HDF5Error) in
        try read(rows: rows, as: type, into: memory)
      }
    }
    let type = try gate.stringType(like: stored, readOperation)
    var bytes = [UInt8](repeating: 0, count: count * elementType.byteCount)
    try bytes.withUnsafeMutableBufferPointer { buffer throws(HDF5Error) in
      try read(rows: rows, as: type.id, into: buffer.baseAddress)
    }
    return try gate.texts(in: bytes, ofSize: elementType.byteCount, readOperation)
  }
}
