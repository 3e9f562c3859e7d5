import Glibc
import HDF5

/// A file without a name for what an importer has decoded: it is gone when the process is, however that ends.
///
/// Images of one size lie one after the other; a place that is never written takes no room. Safe to use from several
/// threads.
final class SpoolFile: Sendable {
  private let folder: String
  private let descriptor: Int32
  /// The size of an image in bytes.
  let bytesPerImage: Int

  /// Creates the file in `folder`; nil is `$TMPDIR`, or /tmp.
  ///
  /// - Throws: `FileWriteError`.
  ///
  /// The corresponding C functions are `mkstemp` and `unlink`.
  init(in folder: String?, bytesPerImage: Int) throws(FileWriteError) {
    let folder = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    self.folder = folder
    self.bytesPerImage = bytesPerImage
    var path = "\(folder)/.cnn-dist-XXXXXX".utf8CString.map { $0 }
    descriptor = mkstemp(&path)
    guard descriptor >= 0, unlink(path) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
      let code = errno
      if descriptor >= 0 { close(descriptor) }
      throw Self.failure("create", code, in: folder, bytesPerImage)
    }
  }

  deinit { close(descriptor) }

  /// Writes the image of this number.
  ///
  /// - Throws: `FileWriteError` if the disk is full, say.
  ///
  /// The corresponding C function is `pwrite`.
  func write(_ bytes: [UInt8], at index: Int) throws(FileWriteError) {
    precondition(bytes.count == bytesPerImage, "an image's bytes")
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(
          descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written, index * bytesPerImage + written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Self.failure("write", errno, in: folder, bytesPerImage) }
      written += count
    }
  }

  /// Reads the image of this number.
  ///
  /// - Throws: `FileWriteError` if the disk fails.
  ///
  /// The corresponding C function is `pread`.
  func read(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) throws(FileWriteError) {
    precondition(bytes.count == bytesPerImage, "room for an image's bytes")
    var received = 0
    while received < bytes.count {
      let count = pread(
        descriptor, bytes.baseAddress.map { $0 + received }, bytes.count - received, index * bytesPerImage + received)
      if count < 0 && errno == EINTR { continue }
      // It has been written whole, so that an early end is a failure of the disk as well.
      guard count > 0 else { throw Self.failure("read back", count < 0 ? errno : EIO, in: folder, bytesPerImage) }
      received += count
    }
  }

  private static func failure(_ operation: String, _ code: Int32, in folder: String, _ byteCount: Int) -> FileWriteError
  {
    FileWriteError(
      path: "temporary file in \(folder)", operation: operation, errno: code, byteCount: byteCount,
      freeByteCount: code == ENOSPC || code == EDQUOT ? AtomicFile.freeBytes(in: folder) : nil)
  }
}
