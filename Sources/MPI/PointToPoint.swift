internal import CMPI

/// Messages from one rank to another. Both sides must give the same number of bytes.
extension Communicator {
  /// Sends `bytes` to rank `destination`; returns when the buffer may be changed again.
  ///
  /// The corresponding C function is `MPI_Send`.
  public func send(_ bytes: UnsafeRawBufferPointer, to destination: Int) throws(MPIError) {
    var offset = 0
    while offset < bytes.count {
      let count = min(pieceBytes, bytes.count - offset)
      let piece = bytes.baseAddress.map { $0 + offset }
      try check("MPI_Send", MPI_Send(piece, Int32(count), cmpi_byte(), Int32(destination), 0, handle))
      offset += count
    }
  }

  /// Fills `bytes` with what rank `source` sends.
  ///
  /// Throws if the message has another length.
  ///
  /// The corresponding C function is `MPI_Recv`.
  public func receive(_ bytes: UnsafeMutableRawBufferPointer, from source: Int) throws(MPIError) {
    var offset = 0
    while offset < bytes.count {
      let count = min(pieceBytes, bytes.count - offset)
      let piece = bytes.baseAddress.map { $0 + offset }
      var status = MPI_Status()
      try check("MPI_Recv", MPI_Recv(piece, Int32(count), cmpi_byte(), Int32(source), 0, handle, &status))
      try checkLength("MPI_Recv", of: &status, expected: count)
      offset += count
    }
  }

  /// Sends one buffer and fills another at the same time, so that ranks can exchange data without a deadlock.
  ///
  /// The partners may be the same rank or two different ones; an empty buffer means no message in that direction.
  /// Throws if the message received has another length than `received`.
  ///
  /// The corresponding C function is `MPI_Sendrecv`.
  public func exchange(
    send sent: UnsafeRawBufferPointer, to destination: Int, receive received: UnsafeMutableRawBufferPointer,
    from source: Int
  ) throws(MPIError) {
    var offset = 0
    while offset < max(sent.count, received.count) {
      let sending = max(0, min(pieceBytes, sent.count - offset))
      let receiving = max(0, min(pieceBytes, received.count - offset))
      var status = MPI_Status()
      let code = MPI_Sendrecv(
        sending == 0 ? nil : sent.baseAddress.map { $0 + offset }, Int32(sending), cmpi_byte(),
        sending == 0 ? Int32(MPI_PROC_NULL) : Int32(destination), 0,
        receiving == 0 ? nil : received.baseAddress.map { $0 + offset }, Int32(receiving), cmpi_byte(),
        receiving == 0 ? Int32(MPI_PROC_NULL) : Int32(source), 0,
        handle, &status)
      try check("MPI_Sendrecv", code)
      try checkLength("MPI_Sendrecv", of: &status, expected: receiving)
      offset += pieceBytes
    }
  }

  /// Throws if a message was shorter than the buffer; MPI itself reports only those that are longer.
  ///
  /// The corresponding C function is `MPI_Get_count`.
  private func checkLength(_ function: StaticString, of status: inout MPI_Status, expected: Int) throws(MPIError) {
    var count: Int32 = 0
    try check("MPI_Get_count", MPI_Get_count(&status, cmpi_byte(), &count))
    if Int(count) != expected {
      let text = "rank \(rank) expected a message of \(expected) bytes and got \(count): the ranks are out of step"
      throw MPIError("\(function)", code: MPI_ERR_TRUNCATE, text: text)
    }
  }
}
