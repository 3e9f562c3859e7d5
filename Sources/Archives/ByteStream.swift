/// Bytes one after the other: of a file, of a compressed file, or of a file in an archive.
///
/// Used from one thread.
public protocol ByteStream: AnyObject {
  /// What messages call it: the file, and the name in the archive.
  var name: String { get }
  /// The most bytes that can come, by the size of the file and the way it is compressed.
  var mostBytes: Int { get }

  /// Reads the next bytes; gives back how many there were, fewer than asked for only at the end.
  ///
  /// Check sums are compared when the end is reached.
  ///
  /// - Throws: `ArchiveError` of kind `.broken` if the data is cut off or damaged.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int

  /// The next `count` bytes, for reading by position: in place if they lie in a file as they are, else in memory.
  ///
  /// The memory grows with the data that comes. Before any is taken, a count that cannot come is refused.
  ///
  /// - Throws: `ArchiveError` of kind `.broken` if there are fewer bytes, or can only be fewer; `.tooLarge` if what is
  ///   in memory would be more than half of the machine's.
  func take(_ count: Int) throws(ArchiveError) -> ByteSource
}

extension ByteStream {
  /// The next `count` bytes as an array; for headers.
  public func header(_ count: Int) throws(ArchiveError) -> [UInt8] {
    let source = try take(count)
    return try source.bytes(0..<count)
  }

  /// Reads on to the end, where nothing must be left; check sums are compared there.
  ///
  /// - Throws: `ArchiveError` of kind `.broken` if something follows, or if the data is damaged.
  public func expectEnd() throws(ArchiveError) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
    defer { room.deallocate() }
    guard try read(into: room) == 0 else {
      throw ArchiveError(.broken, name, "expected its end where its header says, found more bytes; get the file again")
    }
  }

  /// The next `count` bytes in memory.
  public func take(_ count: Int) throws(ArchiveError) -> ByteSource {
    precondition(count >= 0, "\(count) bytes")
    guard count <= mostBytes else {
      throw ArchiveError(
        .broken, name,
        "expected \(count) bytes by its header, found a file that holds at most \(mostBytes); get the file again")
    }
    // With what other files have taken already.
    guard count <= MemoryLimit.bytes - ByteMemory.bytesInUse else {
      throw ArchiveError(
        .tooLarge, name,
        "expected data for half of this machine's memory (\(MemoryLimit.bytes) bytes), found \(count) bytes more; "
          + "decompress the file first, or use a machine with more memory")
    }
    let memory = ByteMemory()
    while memory.count < count {
      try memory.reserve(min(count, max(1 << 20, memory.count * 2)), name)
      let received = try read(into: memory.room)
      memory.count += received
      guard received > 0 else {
        throw ArchiveError(
          .broken, name, "expected \(count) bytes, found \(memory.count); it is cut off, get the file again")
      }
    }
    return ByteSource(memory, name: name)
  }
}
