internal import CHDF5

extension Dataset {
  /// Whether the elements can be numbers in bfloat16 as h5py writes them: two bytes each, of which HDF5 knows nothing.
  public var canHoldBFloat16: Bool { elementType == ElementType(kind: .other, byteCount: 2) && !shape.isEmpty }

  /// Everything, read as bfloat16, the upper half of a float each, in row-major order.
  ///
  /// The corresponding C functions are `H5Dget_type`, `H5Tget_class` and `H5Dread`.
  public func bfloat16Values() throws(HDF5Error) -> [Float] {
    let type = try gate.open(readOperation) { H5Dget_type(handle.id) }
    guard canHoldBFloat16, try gate.call(readOperation, { H5Tget_class(type.id).rawValue }) == H5T_OPAQUE.rawValue
    else {
      throw gate.error(.mismatch, readOperation, "numbers were asked for, but it holds \(elementType)")
    }
    guard elementCount > 0 else { return [] }
    try requireMemory(elementCount, MemoryLayout<Float>.stride + 2)
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: elementCount * 2, alignment: 2)
    defer { bytes.deallocate() }
    try read(rows: 0..<(shape.first ?? 0), as: type.id, into: bytes.baseAddress)
    return bytes.bindMemory(to: UInt16.self).map { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
  }
}
