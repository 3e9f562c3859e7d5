import Glibc
import HDF5

/// A file of JSON objects, one a line, that a run appends to with checked writes.
///
/// What is there is complete but for a line that a kill tore; it is gone when the file is opened again. One thread appends;
/// any may synchronize.
final class JSONLinesFile: Sendable {
  /// Whether nothing was kept when the file was opened.
  let wasEmpty: Bool
  private let path: String
  private let descriptor: Int32

  /// Opens the file to append.
  ///
  /// - Parameter isKept: says of each line that is there already whether it stays.
  /// - Throws: ``FileReadError`` or `FileWriteError`.
  init(_ path: String, keeping isKept: (Substring) -> Bool) throws {
    self.path = path
    wasEmpty = try Self.remove(from: path, keeping: isKept)
    // A link that somebody has put there would lead out of the folder.
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw FileWriteError(path: path, operation: "open", errno: errno, byteCount: 0) }
  }

  deinit { close(descriptor) }

  /// Removes a torn line, and all that do not stay, from the file if there is one; says whether nothing is left.
  @discardableResult
  static func remove(from path: String, keeping isKept: (Substring) -> Bool) throws -> Bool {
    guard access(path, F_OK) == 0 else { return true }
    let bytes = try FileReadError.contents(of: path)
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? []
    let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n")
    let kept = lines.filter { $0.hasSuffix("}") && isKept($0) }
    try AtomicFile.write(Array(kept.map { $0 + "\n" }.joined().utf8), to: path)
    return kept.isEmpty
  }

  /// Appends an object.
  func append(_ line: String) throws {
    var line = line + "\n"
    try line.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw failure("write", byteCount: bytes.count) }
        written += count
      }
    }
  }

  /// Makes sure that what was appended is on the disk.
  ///
  /// The corresponding C function is `fsync`.
  func synchronize() throws {
    guard fsync(descriptor) == 0 else { throw failure("sync", byteCount: 0) }
  }

  private func failure(_ operation: String, byteCount: Int) -> FileWriteError {
    FileWriteError(path: path, operation: operation, errno: errno, byteCount: byteCount)
  }

  /// The shortest decimal that reads back as the same number; JSON has no word for the others.
  static func json<T: BinaryFloatingPoint & LosslessStringConvertible>(_ number: T) -> String {
    number.isFinite ? "\(number)" : "null"
  }

  /// The numbers as a list.
  static func json(_ numbers: some Sequence<Float>) -> String {
    "[" + numbers.map { json($0) }.joined(separator: ",") + "]"
  }
}
