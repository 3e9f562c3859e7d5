internal import CArchive

/// The content of a .gz file: one member, or several one after the other.
///
/// zlib compares the check sum and the length of each; libarchive, up to 3.7, compares neither.
final class GzipStream: ByteStream {
  private let file: OpenFile
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  /// Where in the file the next bytes come from.
  private var place = 0
  /// Whether a member has ended, and no other begun.
  private var isBetweenMembers = false

  let mostBytes: Int
  var name: String { file.path }

  /// The corresponding C function is `inflateInit2`.
  init(_ file: OpenFile) throws(ArchiveError) {
    self.file = file
    mostBytes = Compression.gzip.mostBytes(in: file)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(byteCount: 1 << 16, alignment: 16)
    // The largest window, and 16 for gzip's header and trailer.
    guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw ArchiveError(.tooLarge, file.path, "there is no memory to decompress it; use a machine with more memory")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// The corresponding C function is `inflate`.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    var done = 0
    while done < buffer.count {
      if stream.pointee.avail_in == 0, try !fillInput() {
        guard isBetweenMembers else {
          throw ArchiveError(.broken, name, "expected a whole gzip file, found one that is cut off; get the file again")
        }
        break
      }
      if isBetweenMembers, try !startMember() { continue }
      let room = min(buffer.count - done, 1 << 30)
      stream.pointee.next_out = buffer.baseAddress?.advanced(by: done).assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      let result = inflate(stream, Z_NO_FLUSH)
      done += room - Int(stream.pointee.avail_out)
      switch result {
      case Z_OK: break
      case Z_STREAM_END: isBetweenMembers = true
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "error \(result)"
        throw ArchiveError(
          .broken, name, "expected gzip data, found damaged data (\(reason)); get the file again")
      }
    }
    return done
  }

  /// Whether there were bytes left.
  private func fillInput() throws(ArchiveError) -> Bool {
    let count = try file.read(at: place, into: input)
    place += count
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
    return count > 0
  }

  /// Passes over a zero, with which tapes fill their last block, or begins the next member, if one follows.
  private func startMember() throws(ArchiveError) -> Bool {
    guard stream.pointee.next_in.pointee != 0 else {
      stream.pointee.next_in += 1
      stream.pointee.avail_in -= 1
      return false
    }
    guard stream.pointee.next_in.pointee == 0x1F, inflateReset(stream) == Z_OK else {
      throw ArchiveError(.broken, name, "expected the end of the gzip data, found other bytes; get the file again")
    }
    isBetweenMembers = false
    return true
  }
}
