import ArgumentParser
import NeuralNetwork
import Training

/// The parser's complaint about a flag that is not there, with what was meant by it.
///
/// The parser takes the flag that differs in the fewest letters, which for `--lr` is `--l2`.
enum UnknownFlag {
  /// The message with the right suggestion in it, or none; other messages stay as they are.
  static func explained(_ message: String) -> String {
    guard let match = message.firstMatch(of: /Unknown option '--([^']+)'(\. Did you mean '[^']+'\?)?/) else {
      return message
    }
    let name = String(match.1)
    let command = command(in: message)
    let flags = command.map(flags) ?? []
    let isTraining = flags.contains("set")
    let settings = isTraining ? TrainingConfiguration.settings + TrainingConfiguration.innerSettings : []
    let known = flags.map { $0.replacing("-", with: "_") } + settings
    let meaning = Meaning(of: name.replacing("-", with: "_"), among: known)
    let text =
      switch meaning {
      case .same(let meant): "; --\(name) is \(flag(meant, flags)) here"
      case .misspelt(let meant): ". Did you mean '\(flag(meant, flags))'?"
      case .elsewhere(let note) where isTraining: "; \(note)"
      default: ""
      }
    return message.replacingCharacters(in: match.range, with: "Unknown option '--\(name)'\(text)")
  }

  /// A setting as a flag.
  private static func flag(_ setting: String, _ flags: [String]) -> String {
    let own = setting.replacing("_", with: "-").replacing(".", with: "-")
    return flags.contains(own) ? "--\(own)" : "--set \(setting)=VALUE"
  }

  /// The command that the message is about: it says how to get its help.
  private static func command(in message: String) -> (any ParsableCommand.Type)? {
    guard let words = message.firstMatch(of: /See '(.+?) --help'/)?.1.split(separator: " ") else { return nil }
    var command: any ParsableCommand.Type = CNNDist.self
    for word in words {
      if let next = command.configuration.subcommands.first(where: { $0.name == word }) { command = next }
    }
    return command
  }

  /// The flags of a command, without the dashes before them.
  private static func flags(of command: any ParsableCommand.Type) -> [String] {
    command.helpMessage(columns: 10_000).split(separator: "\n").filter { $0.hasPrefix("  -") }.flatMap { line in
      line.prefix { $0 != "<" }.split(whereSeparator: { " ,/".contains($0) }).filter { $0.hasPrefix("--") }
        .map { String($0.dropFirst(2)) }
    }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
