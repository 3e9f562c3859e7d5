import ArgumentParser
import Doctor
import MPI
import NeuralNetwork
import Training

/// Looks at the job and its machines, and says what is wrong before days are lost.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the machines, the ranks and the folders that a training would use.",
    discussion: """
      Start it as the training is to be started, with the same settings. What it finds it explains, with the line that \
      cures it. The exit code is that of the first error; warnings leave it at 0.

      Examples:
        cnn-dist doctor
        mpirun -n 8 cnn-dist doctor
        srun --mpi=pmix cnn-dist doctor --config run.yaml --output /scratch/me/run
      """)

  @OptionGroup(title: "Settings (keys of the run file)") var settings: TrainingOptions

  @Option(help: ArgumentHelp("The folder that the run would be written to. Default: runs.", valueName: "folder"))
  var output = "runs"

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output needs the name of a folder") }
  }

  func run() throws {
    let watch = try settings.watchStart()
    let environment = try watch.whileWaiting { try Environment() }
    let world = try watch.whileWaiting { try environment.world.numberedByNode() }
    let report = try Doctor.examine(world, work(on: world))
    if world.rank == 0 { try StandardOutput.write("\(report)") }
    try watch.whileWaiting { try environment.finalize() }
    watch.end()
    if let error = report.error { throw Diagnosed(error) }
  }

  /// Rank 0 reads the settings; the others are told.
  private func work(on world: Communicator) throws -> PlannedWork {
    var yaml = ""
    if world.rank == 0 {
      let configuration = try settings.resolve(resuming: nil)
      _ = try VirtualShards(count: configuration.virtualShards, ranks: world.size)
      yaml = try configuration.yaml()
    }
    yaml = try world.broadcast(yaml, from: 0)
    return PlannedWork(
      try ConfigurationTree(yaml: yaml, from: "settings").decode(TrainingConfiguration.self), output: output)
  }
}

/// What is wrong has been printed, on every rank MPI has ended, and the exit code is left to say.
struct Diagnosed: Error {
  let error: DoctorError

  init(_ error: DoctorError) { self.error = error }
}

/// The quick part of the doctor's examination, with which every command that computes begins.
enum QuickCheck {
  /// Logs warnings on rank 0.
  ///
  /// Collective: every rank of `world` must call this.
  ///
  /// - Throws: `DoctorError` on every rank if the job must not go on.
  static func run(on world: Communicator) throws {
    try Doctor.checkStart(of: world) { StandardErrorLog.logger.warning("\($0)") }
  }
}
