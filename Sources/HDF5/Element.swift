internal import CHDF5

/// The type of a dataset's elements, without the byte order, which HDF5 converts.
public struct ElementType: Sendable, Equatable, CustomStringConvertible {
  /// The families of types.
  public enum Kind: Sendable {
    /// Whole numbers from zero.
    case unsignedInteger
    /// Whole numbers of both signs.
    case signedInteger
    /// Floating-point numbers.
    case float
    /// Text of fixed or variable length.
    case string
    /// False or true, as h5py writes them: an enumeration of the two; read as 0 and 1.
    case boolean
    /// Named numbers.
    case enumeration
    /// Records.
    case compound
    /// Pointers to other objects.
    case reference
    /// Anything else: arrays, sequences, bit fields, opaque bytes.
    case other
  }

  /// The family of the type.
  public let kind: Kind
  /// The size of an element in bytes.
  public let byteCount: Int

  /// Creates the description of a type.
  public init(kind: Kind, byteCount: Int) {
    self.kind = kind
    self.byteCount = byteCount
  }

  /// Whether elements of this type can be read as numbers.
  public var isNumeric: Bool {
    switch kind {
    case .unsignedInteger, .signedInteger, .float, .boolean: true
    case .string, .enumeration, .compound, .reference, .other: false
    }
  }

  /// The usual short name, say "uint8".
  public var description: String {
    switch kind {
    case .unsignedInteger: "uint\(8 * byteCount)"
    case .signedInteger: "int\(8 * byteCount)"
    case .float: "float\(8 * byteCount)"
    case .string: "string"
    case .boolean: "bool"
    case .enumeration: "enumeration"
    case .compound: "compound"
    case .reference: "reference"
    case .other: "a type of \(byteCount) bytes that is not a number"
    }
  }
}

extension ElementType {
  /// Describes a type identifier.
  ///
  /// The corresponding C functions are `H5Tget_class`, `H5Tget_size`, `H5Tget_sign` and `H5Tget_member_value`.
  init(of type: borrowing Handle, through gate: Gate, _ operation: String) throws(HDF5Error) {
    let id = type.id
    let kind: Kind
    switch try gate.call(operation, { H5Tget_class(id).rawValue }) {
    case H5T_INTEGER.rawValue:
      let sign = try gate.call(operation) { H5Tget_sign(id).rawValue }
      kind = sign == H5T_SGN_NONE.rawValue ? .unsignedInteger : .signedInteger
    case H5T_FLOAT.rawValue: kind = .float
    case H5T_STRING.rawValue: kind = .string
    case H5T_ENUM.rawValue: kind = try isBoolean(type, through: gate, operation) ? .boolean : .enumeration
    case H5T_COMPOUND.rawValue: kind = .compound
    case H5T_REFERENCE.rawValue: kind = .reference
    default: kind = .other
    }
    self.init(kind: kind, byteCount: try gate.call(operation) { Int(H5Tget_size(id)) })
  }
}

/// Whether an enumeration is of one byte, and of FALSE = 0 and TRUE = 1 alone.
private func isBoolean(
  _ type: borrowing Handle, through gate: Gate, _ operation: String
) throws(HDF5Error) -> Bool {
  let id = type.id
  guard try gate.call(operation, { H5Tget_nmembers(id) }) == 2, try gate.call(operation, { Int(H5Tget_size(id)) }) == 1
  else { return false }
  for (index, name) in ["FALSE", "TRUE"].enumerated() {
    var value: UInt8 = .max
    guard try gate.call(operation, { H5Tget_member_value(id, UInt32(index), &value) }) >= 0, value == index,
      let member = H5Tget_member_name(id, UInt32(index))
    else { return false }
    defer { H5free_memory(member) }
    guard String(cString: member) == name else { return false }
  }
  return true
}

/// A number type of Swift that datasets are read into and written from.
public protocol Element: BitwiseCopyable, Sendable {
  /// The type as it lies in memory.
  static var elementType: ElementType { get }
}

extension Element where Self: FixedWidthInteger {
  /// An integer of the type's width and signedness.
  public static var elementType: ElementType {
    ElementType(kind: isSigned ? .signedInteger : .unsignedInteger, byteCount: bitWidth / 8)
  }
}

extension Element where Self: BinaryFloatingPoint {
  /// A floating-point number of the type's size.
  public static var elementType: ElementType { ElementType(kind: .float, byteCount: MemoryLayout<Self>.size) }
}

extension UInt8: Element {}
extension UInt16: Element {}
extension UInt32: Element {}
extension UInt64: Element {}
extension Int8: Element {}
extension Int16: Element {}
extension Int32: Element {}
extension Int64: Element {}
extension Float: Element {}
extension Double: Element {}

extension Element {
  /// The identifier of the type in memory; it belongs to the library and is not released.
  static var memoryType: hid_t {
    switch (elementType.kind, elementType.byteCount) {
    case (.unsignedInteger, 1): chdf5_uint8()
    case (.unsignedInteger, 2): chdf5_uint16()
    case (.unsignedInteger, 4): chdf5_uint32()
    case (.unsignedInteger, 8): chdf5_uint64()
    case (.signedInteger, 1): chdf5_int8()
    case (.signedInteger, 2): chdf5_int16()
    case (.signedInteger, 4): chdf5_int32()
    case (.signedInteger, 8): chdf5_int64()
    case (.float, 4): chdf5_float()
    case (.float, 8): chdf5_double()
    default: preconditionFailure("\(Self.self) is not a type that HDF5 reads into")
    }
  }

  /// The type in files: the same, little-endian on every machine.
  ///
  /// The corresponding C functions are `H5Tcopy` and `H5Tset_order`.
  static func fileType(through gate: Gate, _ operation: String) throws(HDF5Error) -> Handle {
    let type = try gate.open(operation) { H5Tcopy(memoryType) }
    try gate.call(operation) { H5Tset_order(type.id, H5T_ORDER_LE) }
    return type
  }
}
