import Glibc

/// A regular file, open for reading.
///
/// Read by `pread`, never mapped into memory: a file that is cut off meanwhile is an error then, and not a signal.
final class OpenFile: Sendable {
  let path: String
  /// The size in bytes when the file was opened.
  let size: Int
  let descriptor: Int32

  /// The corresponding C functions are `open` and `fstat`.
  init(_ path: String) throws(ArchiveError) {
    // Opening a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ArchiveError(path, errno: errno) }
    var status = stat()
    let problem: ArchiveError? =
      if fstat(descriptor, &status) != 0 {
        ArchiveError(path, errno: errno)
      } else if status.st_mode & S_IFMT == S_IFDIR {
        ArchiveError(.unreadable, path, "expected a file, found a folder; check the path")
      } else if status.st_mode & S_IFMT != S_IFREG {
        ArchiveError(.unreadable, path, "expected a regular file, found a device or a pipe; copy its data to a file")
      } else {
        nil
      }
    if let problem {
      close(descriptor)
      throw problem
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads from a place on; gives back how many bytes there were, fewer than asked for only at the end of the file.
  ///
  /// The corresponding C function is `pread`.
  func read(at place: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(place + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw ArchiveError(path, errno: errno) }
      guard count > 0 else { break }
      done += count
    }
    return done
  }

  /// The bytes from a place on: `count`, or as many as there are.
  func bytes(at place: Int, count: Int) throws(ArchiveError) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { room.deallocate() }
    return Array(room[..<(try read(at: place, into: room))])
  }
}

extension ArchiveError {
  /// A system call that failed.
  init(_ path: String, errno: Int32) {
    if errno == ENOENT || errno == ENOTDIR {
      self.init(.missing, path, "there is no such file; check the path")
    } else {
      self.init(.unreadable, path, "cannot be read: \(String(cString: strerror(errno)))")
    }
  }
}
