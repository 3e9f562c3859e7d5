import Glibc
import HDF5
import Numerics

/// The results of commands that end with them, written with checked writes.
enum StandardOutput {
  /// Writes a line, or several, whatever is in them.
  ///
  /// - Throws: `FileWriteError` if not all of it could be written. That nobody reads any more is no error.
  static func write(_ text: String) throws(FileWriteError) { try writeAsIs(Text.visibleLines(text)) }

  /// Writes lines that hold no text of others which a terminal would obey: JSON, or lines in colours.
  static func writeAsIs(_ text: String) throws(FileWriteError) {
    let bytes = Array((text + "\n").utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(STDOUT_FILENO, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EPIPE { return }
      guard count > 0 else {
        throw FileWriteError(path: "standard output", operation: "write", errno: errno, byteCount: bytes.count)
      }
      written += count
    }
  }
}
