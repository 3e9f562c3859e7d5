import Glibc
import Numerics

/// The program that draws: `gnuplot`, wherever the path has it.
public enum Gnuplot {
  /// How drawing went.
  public enum Outcome: Sendable, Equatable {
    /// The pictures are there.
    case drawn
    /// There is no such program.
    case notInstalled
    /// It gave up, and said this.
    case failed(String)
  }

  /// What to do where there is none.
  public static let advice = "install gnuplot (apt-get install gnuplot-nox) and run this again to have the charts drawn"

  /// Runs scripts in their folder, two at a time, and waits for their end; one that takes longer than `seconds` is killed.
  ///
  /// - Returns: how each went.
  public static func run(_ scripts: [String], in folder: String, seconds: Int = 60) -> [Outcome] {
    var outcomes: [Outcome] = []
    var running: [Run] = []
    for script in scripts {
      if running.count == 2 { outcomes.append(running.removeFirst().wait(seconds: seconds)) }
      running.append(Run(script, in: folder))
    }
    return outcomes + running.map { $0.wait(seconds: seconds) }
  }

  /// A process that draws.
  private struct Run {
    private let process: Result<pid_t, StartFailure>
    private let errors: Int32

    /// Starts it.
    ///
    /// The corresponding C function is `posix_spawnp`.
    init(_ script: String, in folder: String) {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else {
        process = .failure(StartFailure(errno: errno))
        errors = -1
        return
      }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      // Not the user's own settings: every machine is to draw the same.
      let command = ["gnuplot", "--default-settings", "-e", "cd \"\(Text.octal(folder))\"", script]
      process = start(command, errors: ends[1])
      errors = ends[0]
      close(ends[1])
    }

    func wait(seconds: Int) -> Outcome {
      defer { if errors >= 0 { close(errors) } }
      guard case .success(let process) = process else {
        guard case .failure(let failure) = process, failure.errno != ENOENT else { return .notInstalled }
        return .failed(reason(failure.errno))
      }
      let (complaint, isOver) = read(errors, until: .now + .seconds(seconds))
      if !isOver { kill(process, SIGKILL) }
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0 && errno == EINTR {}
      guard isOver else { return .failed("it took longer than \(seconds) s") }
      guard status == 0 else { return .failed(complaint.isEmpty ? "it ended with status \(status)" : complaint) }
      return .drawn
    }
  }

  /// A text in a script: no byte of it is left that could mean something in gnuplot's language, which can run programs.
  static func quoted(_ text: String) -> String { "\"" + Text.octal(Text.visible(text)) + "\"" }

  /// Lines below each other.
  static func quoted(lines: [String]) -> String {
    "\"" + lines.map { Text.octal(Text.visible($0)) }.joined(separator: "\\n") + "\""
  }

  /// The list of an axis' labels and their places; in a label, and nowhere else, gnuplot would put a number for `%g`.
  static func tics(_ labels: [(text: String, position: Double)]) -> String {
    labels.map { label in
      let text = label.text.unicodeScalars.reduce(into: "") { $0 += $1 == "%" ? "%%" : String($1) }
      return "\(quoted(text)) \(label.position)"
    }.joined(separator: ", ")
  }

  /// A table as gnuplot reads it: on one line each row, and it knows no quotes within quotes.
  static func table(_ table: CSV) -> CSV {
    func plain(_ text: String) -> String {
      Text.visible(text).unicodeScalars.reduce(into: "") { $0 += $1 == "\"" ? "'" : String($1) }
    }
    return CSV(header: table.header.map(plain), rows: table.rows.map { $0.map(plain) })
  }

  private struct StartFailure: Error { let errno: Int32 }

  private static func start(_ command: [String], errors: Int32) -> Result<pid_t, StartFailure> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)

    // A thread of ours may block signals; the program is to have them.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    var arguments = command.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process = pid_t()
    let failure = posix_spawnp(&process, command[0], &actions, &attributes, &arguments, environ)
    return failure == 0 ? .success(process) : .failure(StartFailure(errno: failure))
  }

  /// What comes through a pipe, as one line, and whether its end came in time.
  private static func read(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> (String, Bool) {
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = Int32(max(0, (deadline - .now) / .milliseconds(1)))
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wanted, 1, left)
      if ready < 0 && errno == EINTR { continue }
      guard ready > 0 else { return (line(bytes), false) }
      let received = Glibc.read(descriptor, &room, room.count)
      if received < 0 && errno == EINTR { continue }
      guard received > 0 else { return (line(bytes), true) }
      bytes += room[..<received]
    }
  }

  private static func line(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }.joined(separator: " ")
  }

  private static func reason(_ errno: Int32) -> String { "it cannot be started: \(String(cString: strerror(errno)))" }
}
