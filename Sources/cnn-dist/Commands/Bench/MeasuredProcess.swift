import Glibc
import HDF5

/// A command that is run as a process of its own: how long it took, and the most memory it had.
struct MeasuredProcess {
  /// The time from its start to its end.
  let seconds: Double
  /// Its largest resident set, in bytes.
  let peakBytes: Int

  /// Runs a command to its end; what it prints is dropped, but for its errors.
  ///
  /// The corresponding C functions are `posix_spawnp` and `wait4`.
  ///
  /// - Throws: ``CommandFailure`` if it cannot be started or ends with another code than 0.
  init(_ command: [String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    let arguments = command.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    let begin = ContinuousClock.now
    var process = pid_t()
    let started = posix_spawnp(&process, command[0], &actions, nil, arguments + [nil], environ)
    guard started == 0 else { throw CommandFailure(command: command, problem: String(cString: strerror(started))) }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
    seconds = (ContinuousClock.now - begin) / .seconds(1)
    peakBytes = usage.ru_maxrss << 10
    guard status == 0 else {
      let code = status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
      throw CommandFailure(command: command, problem: "it ended with \(code)")
    }
  }
}

/// A command that could not be run to a good end.
struct CommandFailure: Error, CustomStringConvertible {
  let command: [String]
  let problem: String

  var description: String { "\(command.joined(separator: " ")): \(problem)" }
}
