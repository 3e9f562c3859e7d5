import Glibc

extension Picture {
  /// The largest file that is read: a picture of ``maximumPixelCount`` pixels fits without compression.
  public static let maximumByteCount = 512 << 20

  /// The bytes of a file that begins as a picture does; of any other file only the beginning.
  ///
  /// So a folder may hold large files of other kinds. A name need not be UTF-8.
  ///
  /// - Parameters:
  ///   - path: the path, ended by a zero.
  ///   - name: what errors call the file.
  ///
  /// The corresponding C functions are `open`, `fstat` and `read`.
  public static func bytes(ofFile path: [CChar], named name: String) throws(PictureError) -> [UInt8] {
    // Opening a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? PictureError(.missing, name, "there is no such file; check the path")
        : PictureError(.unreadable, name, "cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw PictureError(.unreadable, name, "cannot be read: it is not a regular file")
    }
    let beginning = try read(upTo: min(PictureHeader.Format.byteCount, Int(status.st_size)), from: descriptor, name)
    guard isPicture(beginning) else { return beginning }
    guard status.st_size <= maximumByteCount else {
      throw PictureError(
        .tooLarge, name, "expected a file of at most \(maximumByteCount) bytes, found \(status.st_size); scale it down")
    }
    return beginning + (try read(upTo: Int(status.st_size) - beginning.count, from: descriptor, name))
  }

  /// Reads until the end or so many bytes: a file that has become shorter is one that is cut off.
  private static func read(upTo count: Int, from descriptor: Int32, _ name: String) throws(PictureError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var received = 0
    while received < count {
      let result = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress.map { $0 + received }, count - received)
      }
      if result < 0 && errno == EINTR { continue }
      guard result >= 0 else {
        throw PictureError(.unreadable, name, "cannot be read: \(String(cString: strerror(errno)))")
      }
      guard result > 0 else { break }
      received += result
    }
    bytes.removeLast(count - received)
    return bytes
  }
}
