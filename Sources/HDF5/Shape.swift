internal import CHDF5

/// The number of elements of a shape, 1 for a scalar's empty shape; nil if it, or its size in bytes, overflows.
func elementCount(of shape: [Int], bytesPerElement: Int = 1) -> Int? {
  var count = 1
  for extent in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    if overflow || extent < 0 { return nil }
    count = product
  }
  return count.multipliedReportingOverflow(by: bytesPerElement).overflow ? nil : count
}

extension Gate {
  /// A dataspace of the given shape; the empty shape is a scalar's.
  ///
  /// The corresponding C function is `H5Screate_simple`.
  func dataspace(_ shape: [Int], _ operation: String) throws(HDF5Error) -> Handle {
    try open(operation) { H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil) }
  }

  /// The shape of a dataspace.
  ///
  /// The corresponding C function is `H5Sget_simple_extent_dims`.
  func shape(of space: borrowing Handle, _ operation: String) throws(HDF5Error) -> [Int] {
    let id = space.id
    let rank = try call(operation) { H5Sget_simple_extent_ndims(id) }
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    try call(operation) { H5Sget_simple_extent_dims(id, &extents, nil) }
    var shape: [Int] = []
    for extent in extents {
      guard let extent = Int(exactly: extent) else { throw error(.refused, operation, "extent \(extent) is too large") }
      shape.append(extent)
    }
    return shape
  }
}
