import Glibc

/// A file that could not be written; a file that was there before is untouched.
public struct FileWriteError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file that was to be written.
  public let path: String
  /// The step that failed, say "write".
  public let operation: String
  /// The operating system's error number.
  public let errno: Int32
  /// How many bytes were to be written.
  public let byteCount: Int
  /// How many bytes the file system has left, if it is full.
  public let freeByteCount: Int?

  /// Creates the error of a failed step.
  public init(path: String, operation: String, errno: Int32, byteCount: Int, freeByteCount: Int? = nil) {
    self.path = path
    self.operation = operation
    self.errno = errno
    self.byteCount = byteCount
    self.freeByteCount = freeByteCount
  }

  /// One line that names the file, the step, the cause, and what to do about a full file system.
  public var description: String {
    let object = operation.hasSuffix("folder") ? "" : " the file"
    let cause = "\(path): cannot \(operation)\(object): \(String(cString: strerror(errno)))"
    guard let freeByteCount else { return cause }
    // A quota, or a limit of the number of files, can be reached before the disk is full.
    let free = freeByteCount < byteCount ? "\(freeByteCount) are free" : "more are free: a quota or the number of files"
    return "\(cause); \(byteCount) bytes are needed and \(free); make room or choose another folder"
  }
}

/// Writes whole files so that a crash or a full disk leaves the old file or the new one, never a part.
public enum AtomicFile {
  /// Writes `bytes` as the file at `path`, replacing one that is there.
  ///
  /// The bytes go to a temporary file in the same folder, which is brought to the disk and then renamed; the folder is
  /// brought to the disk as well, so the file is there after a power cut. The corresponding C functions are `write`,
  /// `fsync` and `rename`.
  ///
  /// - Parameter isReadBack: makes sure of what is on the disk, see ``readBack(_:from:)``.
  public static func write(_ bytes: [UInt8], to path: String, isReadBack: Bool = false) throws(FileWriteError) {
    try write(bytes, to: path)
    if isReadBack { try readBack(bytes, from: path) }
  }

  /// The name of the file that a hidden one was to become, which a process that was killed has left: `model.h5` of
  /// `.model.h5.tmp-4711`; nil for other names.
  public static func target(ofTemporary name: String) -> String? {
    name.wholeMatch(of: /\.(.+)\.tmp-[0-9]+/).map { String($0.1) }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(FileWriteError) {
    let target = WriteTarget(path: path, byteCount: bytes.count)
    do {
      try writeAll(bytes, to: target.temporary)
      try Step.check("rename", rename(target.temporary, path))
    } catch {
      unlink(target.temporary)
      throw target.failure(error)
    }
    do { try target.syncFolder() } catch { throw target.failure(error) }
  }

  /// Creates a file with these bytes and brings them to the disk.
  private static func writeAll(_ bytes: [UInt8], to path: String) throws(Step) {
    let descriptor = try Step.check("create", open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666))
    do {
      var written = 0
      while written < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
        }
        if count < 0 && errno == EINTR { continue }
        try Step.check("write", count < 0 ? -1 : 0)
        written += count
      }
      try Step.check("flush", fsync(descriptor))
    } catch {
      close(descriptor)
      throw error
    }
    try Step.check("close", close(descriptor))
  }

  /// Makes sure that the file at `path`, which is on the disk, holds `bytes`.
  ///
  /// The system is asked to forget what it has of the file in memory, so that the bytes come from the disk. The corresponding
  /// C functions are `posix_fadvise` and `read`.
  ///
  /// - Throws: `FileWriteError` if it cannot be read, or holds something else.
  public static func readBack(_ bytes: [UInt8], from path: String) throws(FileWriteError) {
    let target = WriteTarget(path: path, byteCount: bytes.count)
    do throws(Step) {
      let descriptor = try Step.check("open again", open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
      defer { close(descriptor) }
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
      guard try holds(bytes, descriptor) else {
        throw Step(operation: "read back what was written to", errno: EIO)
      }
    } catch {
      throw target.failure(error)
    }
  }

  /// Whether a file holds these bytes and no others.
  private static func holds(_ bytes: [UInt8], _ descriptor: Int32) throws(Step) -> Bool {
    var room = [UInt8](repeating: 0, count: 1 << 20)
    var place = 0
    while true {
      let count = read(descriptor, &room, room.count)
      if count < 0 && errno == EINTR { continue }
      try Step.check("read back", count < 0 ? -1 : 0)
      guard count > 0 else { return place == bytes.count }
      guard count <= bytes.count - place,
        bytes.withUnsafeBytes({ bytes in bytes.baseAddress.map { memcmp($0 + place, room, count) == 0 } ?? false })
      else { return false }
      place += count
    }
  }

  /// How many bytes this user can still write in a folder; nil if the system does not say.
  ///
  /// The corresponding C function is `statvfs`.
  public static func freeBytes(in folder: String) -> Int? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0, status.f_blocks > 0 else { return nil }
    return Int(geteuid() == 0 ? status.f_bfree : status.f_bavail) * Int(status.f_frsize)
  }
}
