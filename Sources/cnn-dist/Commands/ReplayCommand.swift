import ArgumentParser
import MPI
import NeuralNetwork
import Numerics
import Training

/// Computes one step of a run again.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Compute one step of a run again, on one rank, and compare it with what the run has logged.",
    discussion: """
      The bits are those of any number of ranks: a difference is a fault of a machine, or something has been changed.
      Steps that can be compared have a gradient_hash in metrics.jsonl: every hundredth, or as --check-every says.

      Examples:
        cnn-dist replay runs/digits --step 100
      """)

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String

  @Option(help: "The step, counted from 1 over the whole training.")
  var step: Int

  func validate() throws {
    if step < 1 { throw ValidationError("steps are counted from 1, found \(step)") }
  }

  func run() throws {
    let environment = try Environment()
    guard environment.world.size == 1 else {
      throw ConfigurationError(
        "\(environment.world.size) ranks have been started, expected one", at: "replay", advice: "leave out mpirun")
    }
    let replay = try Replay(
      of: step, in: RunFolder(folder), world: environment.world, logger: StandardErrorLog.logger)
    guard replay.isSame else { throw ReplayDifference(replay) }
    let start = replay.checkpoint ?? "the beginning"
    try StandardOutput.write(
      "step \(step) is the same to the bit: gradients \(Text.hexadecimal(replay.found.gradients)), parameters before it "
        + "\(Text.hexadecimal(replay.found.parameters)); computed from \(start)"
        + (replay.updates > 0 ? ", \(Text.count(replay.updates, "step")) before" : ""))
    try environment.finalize()
  }
}
