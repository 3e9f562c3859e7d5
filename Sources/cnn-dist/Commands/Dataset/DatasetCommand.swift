import ArgumentParser

/// Makes image stores, and looks at them.
struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Make image stores from data of other kinds, and look at stores.",
    subcommands: [
      ImportCommand.self, SynthesizeCommand.self, InspectCommand.self, VerifyCommand.self, ShowCommand.self,
      SplitCommand.self, MergeCommand.self,
    ])
}
