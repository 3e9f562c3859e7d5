import Glibc

/// A file that cannot be read.
public struct FileReadError: Error, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it.
  public let problem: String
  /// Whether the file is not there at all.
  public let isMissing: Bool

  private init(path: String, problem: String) {
    self.path = path
    self.problem = problem
    isMissing = false
  }

  private init(path: String, errno: Int32) {
    self.path = path
    problem = String(cString: strerror(errno))
    isMissing = errno == ENOENT || errno == ENOTDIR
  }

  /// What failed, and why.
  public var description: String { "\(path): cannot be read: \(problem)" + (isMissing ? "; check the path" : "") }

  /// All bytes of the file at `path`.
  ///
  /// - Parameter orPipe: reads a pipe to its end too, such as the shell's `<(…)`; else only a regular file will do.
  ///
  /// The corresponding C functions are `open`, `fstat` and `read`.
  public static func contents(of path: String, orPipe: Bool = false) throws(FileReadError) -> [UInt8] {
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
    return try rest(of: descriptor, named: path)
  }

  /// All bytes that come through standard input.
  ///
  /// The corresponding C function is `read`.
  public static func standardInput() throws(FileReadError) -> [UInt8] {
    try rest(of: STDIN_FILENO, named: "standard input")
  }

  /// Reads to the end, whatever size the file says it has: a pipe says none.
  private static func rest(of descriptor: Int32, named path: String) throws(FileReadError) -> [UInt8] {
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let received = read(descriptor, &room, room.count)
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw FileReadError(path: path, errno: errno) }
      guard received > 0 else { return bytes }
      bytes += room[..<received]
    }
  }
}
