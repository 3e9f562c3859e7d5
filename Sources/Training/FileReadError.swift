import Glibc

/// A file that cannot be read.
public struct FileReadError: Error, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The system's error number.
  public let errno: Int32

  /// Whether the file is not there at all.
  public var isMissing: Bool { errno == ENOENT || errno == ENOTDIR }

  /// What failed, and why.
  public var description: String {
    "\(path): cannot be read: \(String(cString: strerror(errno)))" + (isMissing ? "; check the path" : "")
  }

  /// All bytes of the file at `path`.
  ///
  /// The corresponding C functions are `open`, `fstat` and `read`.
  public static func contents(of path: String) throws(FileReadError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileReadError(path: path, errno: Glibc.errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileReadError(path: path, errno: Glibc.errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileReadError(path: path, errno: EISDIR) }
    let size = Int(status.st_size)
    var count = 0
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      while count < size {
        let received = read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
        if received < 0 && Glibc.errno == EINTR { continue }
        if received < 0 { failure = Glibc.errno }
        if received <= 0 { break }
        count += received
      }
      initialized = count
    }
    guard failure == 0 else { throw FileReadError(path: path, errno: failure) }
    return bytes
  }
}
