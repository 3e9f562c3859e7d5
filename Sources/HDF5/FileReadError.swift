import Glibc
import Numerics

/// A file that cannot be read.
public struct FileReadError: Error, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it.
  public let problem: String
  /// Whether the file is not there at all.
  public let isMissing: Bool
  /// Whether it holds more than is read of its kind, or than there is memory for.
  public let isTooLarge: Bool

  /// How much is read of settings, and of a line of records, in bytes: far more than any that a program or a person wrote.
  public static let textLimit = 16_000_000

  private init(path: String, problem: String, isTooLarge: Bool = false) {
    self.path = path
    self.problem = problem
    self.isTooLarge = isTooLarge
    isMissing = false
  }

  private init(path: String, errno: Int32) {
    self.path = path
    problem = String(cString: strerror(errno))
    isMissing = errno == ENOENT || errno == ENOTDIR
    isTooLarge = false
  }

  /// What failed, and why.
  public var description: String { "\(path): cannot be read: \(problem)" + (isMissing ? "; check the path" : "") }

  /// All bytes of the file at `path`.
  ///
  /// - Parameters:
  ///   - orPipe: reads a pipe to its end too, such as the shell's `<(…)`; else only a regular file will do.
  ///   - limit: how many bytes it may have; what there is no memory for is refused without one.
  ///
  /// The corresponding C functions are `open`, `fstat` and `read`.
  public static func contents(
    of path: String, orPipe: Bool = false, upTo limit: Int = .max
  ) throws(FileReadError) -> [UInt8] {
    // Opening a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | (orPipe ? 0 : O_NONBLOCK))
    guard descriptor >= 0 else { throw FileReadError(path: path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileReadError(path: path, errno: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFIFO where orPipe: break
    case S_IFDIR: throw FileReadError(path: path, errno: EISDIR)
    default: throw FileReadError(path: path, problem: "it is not a regular file")
    }
    return try rest(of: descriptor, named: path, size: Int(status.st_size), upTo: limit)
  }

  /// All bytes that come through standard input.
  ///
  /// The corresponding C function is `read`.
  public static func standardInput() throws(FileReadError) -> [UInt8] {
    try rest(of: STDIN_FILENO, named: "standard input", size: 0, upTo: .max)
  }

  /// Reads to the end, whatever size the file says it has: a pipe says none.
  private static func rest(
    of descriptor: Int32, named path: String, size: Int, upTo limit: Int
  ) throws(FileReadError) -> [UInt8] {
    try check(size, of: path, upTo: limit)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    var room = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let received = read(descriptor, &room, room.count)
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw FileReadError(path: path, errno: errno) }
      guard received > 0 else { return bytes }
      let count = bytes.count + received
      if count > limit || count > bytes.capacity { try check(count, of: path, upTo: limit) }
      bytes += room[..<received]
    }
  }

  /// Throws if so many bytes are too many.
  private static func check(_ count: Int, of path: String, upTo limit: Int) throws(FileReadError) {
    guard count <= limit else {
      let most = Text.byteCount(limit)
      throw FileReadError(
        path: path, problem: "expected at most \(most), found more; the file is not of this kind", isTooLarge: true)
    }
    // An array that grows has twice its room, and what is read is copied once where it is understood.
    let needed = count.multipliedReportingOverflow(by: 2)
    if let shortage = MachineMemory.shortage(of: needed.overflow ? .max : needed.partialValue) {
      throw FileReadError(path: path, problem: shortage, isTooLarge: true)
    }
  }
}
