internal import CMPI

/// Calls that every rank of the communicator must make, in the same order and with buffers of the same size.
extension Communicator {
  /// Copies rank `root`'s buffer to the buffers of all ranks.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Bcast`.
  public func broadcast(_ buffer: UnsafeMutableRawBufferPointer, from root: Int) throws(MPIError) {
    var offset = 0
    while offset < buffer.count {
      let count = min(pieceBytes, buffer.count - offset)
      let piece = buffer.baseAddress.map { $0 + offset }
      try check("MPI_Bcast", MPI_Bcast(piece, Int32(count), cmpi_byte(), Int32(root), handle))
      offset += count
    }
  }

  /// Rank `root`'s bytes, on every rank.
  ///
  /// What the other ranks pass is ignored.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Bcast`, called for the length and for the bytes.
  public func broadcast(_ bytes: [UInt8], from root: Int) throws(MPIError) -> [UInt8] {
    var count = bytes.count
    try withUnsafeMutableBytes(of: &count) { (buffer) throws(MPIError) in try broadcast(buffer, from: root) }
    var result = rank == root ? bytes : [UInt8](repeating: 0, count: count)
    try result.withUnsafeMutableBufferPointer { (buffer) throws(MPIError) in
      try broadcast(UnsafeMutableRawBufferPointer(buffer), from: root)
    }
    return result
  }

  /// Rank `root`'s string, on every rank.
  ///
  /// What the other ranks pass is ignored.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Bcast`, called for the length and for the bytes.
  public func broadcast(_ string: String, from root: Int) throws(MPIError) -> String {
    String(decoding: try broadcast(Array(string.utf8), from: root), as: UTF8.self)
  }

  /// Replaces the elements by their sums over all ranks.
  ///
  /// The last bits depend on the number of ranks and on the library's choice of algorithm.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Allreduce` with `MPI_SUM`, in place.
  public func allreduce(sum values: UnsafeMutableBufferPointer<Float>) throws(MPIError) {
    try allreduce(UnsafeMutableRawBufferPointer(values), MemoryLayout<Float>.size, cmpi_float(), cmpi_sum())
  }

  /// Replaces the elements by their sums over all ranks.
  ///
  /// The last bits depend on the number of ranks and on the library's choice of algorithm.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Allreduce` with `MPI_SUM`, in place.
  public func allreduce(sum values: UnsafeMutableBufferPointer<Double>) throws(MPIError) {
    try allreduce(UnsafeMutableRawBufferPointer(values), MemoryLayout<Double>.size, cmpi_double(), cmpi_sum())
  }

  /// The largest of the ranks' values.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Allreduce` with `MPI_MAX`.
  public func allreduce(maximum value: Int) throws(MPIError) -> Int {
    var value = value
    try withUnsafeMutableBytes(of: &value) { (buffer) throws(MPIError) in
      try allreduce(buffer, MemoryLayout<Int>.size, cmpi_int64(), cmpi_max())
    }
    return value
  }

  /// The smallest of the ranks' values.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Allreduce` with `MPI_MIN`.
  public func allreduce(minimum value: Int) throws(MPIError) -> Int {
    var value = value
    try withUnsafeMutableBytes(of: &value) { (buffer) throws(MPIError) in
      try allreduce(buffer, MemoryLayout<Int>.size, cmpi_int64(), cmpi_min())
    }
    return value
  }

  /// The values of all ranks, in rank order, on every rank.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Allgather`.
  public func allgather(_ value: Int) throws(MPIError) -> [Int] {
    var value = value
    var values = [Int](repeating: 0, count: size)
    try check("MPI_Allgather", MPI_Allgather(&value, 1, cmpi_int64(), &values, 1, cmpi_int64(), handle))
    return values
  }

  /// The bytes of all ranks, in rank order, on rank `root`; an empty array on the others.
  ///
  /// Every rank may give another number of bytes. Throws on every rank if together they are 2 GiB or more.
  ///
  /// Collective: every rank must call this.
  ///
  /// The corresponding C function is `MPI_Gatherv`.
  public func gather(_ bytes: [UInt8], to root: Int) throws(MPIError) -> [[UInt8]] {
    let counts = try allgather(bytes.count)
    let total = counts.reduce(0, +)
    guard total <= Int(Int32.max) else {
      throw MPIError("MPI_Gatherv", code: MPI_ERR_COUNT, text: "\(total) bytes are more than one call can gather")
    }
    let starts = counts.indices.map { counts[..<$0].reduce(0, +) }
    var all = [UInt8](repeating: 0, count: rank == root ? total : 0)
    let code = MPI_Gatherv(
      bytes, Int32(bytes.count), cmpi_byte(), &all, counts.map { Int32($0) }, starts.map { Int32($0) }, cmpi_byte(),
      Int32(root), handle)
    try check("MPI_Gatherv", code)
    return rank == root ? zip(starts, counts).map { Array(all[$0..<$0 + $1]) } : []
  }

  /// Reduces `values`, whose elements have `width` bytes, in place and in pieces.
  private func allreduce(
    _ values: UnsafeMutableRawBufferPointer, _ width: Int, _ type: MPI_Datatype?, _ operation: MPI_Op?
  ) throws(MPIError) {
    var offset = 0
    while offset < values.count {
      let count = min(pieceBytes / width, (values.count - offset) / width)
      let piece = values.baseAddress.map { $0 + offset }
      try check("MPI_Allreduce", MPI_Allreduce(cmpi_in_place(), piece, Int32(count), type, operation, handle))
      offset += count * width
    }
  }
}
