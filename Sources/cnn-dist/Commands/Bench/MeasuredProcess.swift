import Foundation
import Glibc

/// A command that is run as a process of its own: how long it took, and the most memory it had.
struct MeasuredProcess {
  /// The time from its start to its end.
  let seconds: Double
  /// Its largest resident set, in bytes.
  let peakBytes: Int

  /// Runs a command to its end; what it prints is dropped, but for its errors unless it is to be silent.
  ///
  /// The corresponding C functions are `posix_spawnp` and `waitpid`.
  ///
  /// - Throws: ``CommandFailure`` if it cannot be started or ends with another code than 0.
  init(_ command: [String], silent: Bool = false) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    if silent { posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) }
    let arguments = command.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    let begin = ContinuousClock.now
    var process = pid_t()
    let started = posix_spawnp(&process, command[0], &actions, nil, arguments + [nil], environ)
    guard started == 0 else { throw CommandFailure(command: command, problem: String(cString: strerror(started))) }
    var status: Int32 = 0
    var peakBytes = 0
    // What the system says at the end counts this process too, whose memory the child had for a moment.
    while waitpid(process, &status, WNOHANG) == 0 {
      peakBytes = max(peakBytes, Self.peakBytes(of: process))
      usleep(20_000)
    }
    seconds = (ContinuousClock.now - begin) / .seconds(1)
    self.peakBytes = peakBytes
    guard status == 0 else {
      let code = status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
      throw CommandFailure(command: command, problem: "it ended with \(code)")
    }
  }
}

extension MeasuredProcess {
  /// The largest resident set that a running process has had, in bytes.
  fileprivate static func peakBytes(of process: pid_t) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return 0 }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }
}

/// A command that could not be run to a good end.
struct CommandFailure: Error, CustomStringConvertible {
  let command: [String]
  let problem: String

  var description: String { "\(command.joined(separator: " ")): \(problem)" }
}
