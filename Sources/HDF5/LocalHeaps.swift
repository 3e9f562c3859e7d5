import Glibc

/// Looks for heaps of names that say more about themselves than is true.
///
/// libhdf5 1.10 believes the size that a local heap gives itself, and copies beyond its buffers. So bytes that are opened as
/// a file are searched for such heaps first. The layout is that of "Disk Format: Level 1D - Local Heaps" of the HDF5 file
/// format.
enum LocalHeaps {
  private static let signature = Array("HEAP\0\0\0\0".utf8)  // the version, 0, and what is reserved
  private static let headerByteCount = 32

  /// Refuses bytes with a heap that does not lie within them.
  static func check(_ bytes: [UInt8], _ gate: Gate) throws(HDF5Error) {
    let place = bytes.withUnsafeBytes { firstBad(in: $0) }
    guard let place else { return }
    throw gate.error(.refused, "open file", "the heap of names at byte \(place) is larger than the file")
  }

  private static func firstBad(in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let start = bytes.baseAddress else { return nil }
    var place = 0
    while let found = memchr(start + place, Int32(signature[0]), bytes.count - place) {
      let header = UnsafeRawPointer(found) - start
      guard header + headerByteCount <= bytes.count else { return nil }
      place = header + 1
      guard memcmp(start + header, signature, signature.count) == 0 else { continue }
      if !isGood(start + header, fileByteCount: UInt64(bytes.count)) { return header }
    }
    return nil
  }

  /// Whether the data lies in the file; the list of free places begins in it, or is empty (1).
  private static func isGood(_ header: UnsafeRawPointer, fileByteCount: UInt64) -> Bool {
    let (size, free, address) = (number(header + 8), number(header + 16), number(header + 24))
    return size <= fileByteCount && (free == 1 || free == .max || free < size) && address <= fileByteCount
      && size <= fileByteCount - address
  }

  private static func number(_ place: UnsafeRawPointer) -> UInt64 {
    UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
  }
}
