import ArgumentParser

/// What is wrong with a command line, said as the parser says it: with the usage of the command that it is about.
struct UsageError: Error, CustomStringConvertible {
  /// What is wrong.
  let message: String
  /// The command.
  let command: any ParsableCommand.Type

  /// The message, the usage, and how to get help.
  var description: String {
    let usage = command == CNNDist.self ? CNNDist.usageString() : CNNDist.usageString(for: command)
    let name = usage.split(separator: " ").prefix { $0.first?.isLetter == true }.joined(separator: " ")
    return "Error: \(message)\nUsage: \(usage)\n  See '\(name) --help' for more information."
  }
}
