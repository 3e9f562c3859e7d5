import Glibc

/// The terminal that somebody watches.
public struct Terminal: Sendable {
  /// Its width in characters.
  public let width: Int

  /// A terminal of that width.
  public init(width: Int) { self.width = width }

  /// The terminal that this process' output ends up on, if it is one.
  ///
  /// Open MPI gives each rank a pseudo-terminal of its own, whatever mpirun's output is; what counts is mpirun's.
  public static func ofThisProcess() -> Terminal? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    guard getenv("OMPI_COMM_WORLD_RANK") != nil else { return Terminal(descriptor: STDOUT_FILENO) }
    let descriptor = open("/proc/\(getppid())/fd/1", O_WRONLY | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return isatty(descriptor) == 1 ? Terminal(descriptor: descriptor) : nil
  }

  private init(descriptor: Int32) {
    var size = winsize()
    let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = known ? Int(size.ws_col) : 80
  }
}
