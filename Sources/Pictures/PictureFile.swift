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
  public static func bytes(ofFile path: [CChar], named name: String) throws(PictureError) -> [UInt8] {
    let file = try PictureFile(path, named: name)
    let beginning = try file.read(upTo: PictureHeader.Format.byteCount)
    guard isPicture(beginning) else { return beginning }
    guard file.byteCount <= maximumByteCount else {
      throw PictureError(
        .tooLarge, name, "expected a file of at most \(maximumByteCount) bytes, found \(file.byteCount); scale it down")
    }
    return beginning + (try file.read(upTo: file.byteCount - beginning.count))
  }

  /// Whether a file, of which only the beginning is read, begins as a picture does.
  ///
  /// - Parameter path: the path, ended by a zero.
  public static func isPicture(file path: [CChar]) -> Bool {
    do throws(PictureError) {
      return isPicture(try PictureFile(path, named: "").read(upTo: PictureHeader.Format.byteCount))
    } catch {
      return false
    }
  }
}

/// A regular file, open for reading.
private struct PictureFile: ~Copyable {
  private let descriptor: Int32
  private let name: String
  /// Its size when it was opened.
  let byteCount: Int

  /// The corresponding C functions are `open` and `fstat`.
  init(_ path: [CChar], named name: String) throws(PictureError) {
    // Opening a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? PictureError(.missing, name, "there is no such file; check the path")
        : PictureError(.unreadable, name, "cannot be read: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw PictureError(.unreadable, name, "cannot be read: it is not a regular file")
    }
    self.descriptor = descriptor
    self.name = name
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads on until the end or so many bytes: a file that has become shorter is one that is cut off.
  ///
  /// The corresponding C function is `read`.
  func read(upTo count: Int) throws(PictureError) -> [UInt8] {
    let count = min(count, byteCount)
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
