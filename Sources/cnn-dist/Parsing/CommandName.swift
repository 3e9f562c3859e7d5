import ArgumentParser
import NeuralNetwork

/// The names of commands, as they stand before all flags.
enum CommandName {
  /// What other programs call what some commands do.
  private static let synonyms = [
    "fit": "train", "run": "train", "learn": "train", "resume": "train", "eval": "evaluate", "test": "evaluate",
    "validate": "evaluate", "score": "evaluate", "predict": "evaluate", "grid": "sweep", "search": "sweep",
    "gridsearch": "sweep", "tune": "sweep", "info": "inspect", "describe": "inspect", "convert": "import",
    "plot": "report", "sbatch": "submit", "job": "submit", "check": "doctor", "data": "dataset", "view": "show",
    "generate": "synthesize", "join": "merge", "divide": "split", "benchmark": "bench", "model": "summary",
  ]

  /// Makes sure that the arguments begin with the name of a command, and of one of its own where it has some.
  ///
  /// - Throws: ``UsageError`` that names the nearest; the parser would only say that there are unexpected arguments.
  static func check(_ arguments: some Sequence<String>, of root: any ParsableCommand.Type) throws {
    var command = root
    for argument in arguments {
      let known = command.configuration.subcommands
      if known.isEmpty || argument.hasPrefix("-") || argument == "help" { return }
      guard let next = known.first(where: { $0.name == argument }) else {
        throw UsageError(
          message: "unknown command '\(argument)'; "
            + (meant(argument, among: known, root).map { "did you mean '\($0)'? " } ?? "")
            + "known: \(known.map { $0.name }.joined(separator: ", "))",
          command: command)
      }
      command = next
    }
  }

  /// The command that is meant, with the one that it belongs to before it: `dataset import`.
  private static func meant(
    _ name: String, among known: [any ParsableCommand.Type], _ root: any ParsableCommand.Type
  ) -> String? {
    let all = known.map { $0.name } + paths(of: root)
    let wanted = [name, synonyms[name.lowercased()]].compactMap(\.self)
    for name in wanted {
      if let path = all.first(where: { $0 == name || $0.hasSuffix(" \(name)") }) { return path }
    }
    if let path = nearest(to: name, among: all) { return path }
    // A slip of the hand, and what comes before it left out: `imprt`.
    let near = nearest(to: name, among: all.compactMap { $0.split(separator: " ").last.map(String.init) })
    return near.flatMap { near in all.first { $0 == near || $0.hasSuffix(" \(near)") } }
  }

  /// Every command with those before it, but for the program's name.
  private static func paths(of command: any ParsableCommand.Type) -> [String] {
    command.configuration.subcommands.flatMap { next in [next.name] + paths(of: next).map { "\(next.name) \($0)" } }
  }
}

extension ParsableCommand {
  /// What the command is called by.
  static var name: String { configuration.commandName ?? "" }
}
