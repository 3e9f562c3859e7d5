import ArgumentParser
import Glibc
import MPI
import Numerics

/// Trains convolutional networks on clusters of processors.
struct CNNDist: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cnn-dist",
    abstract: "Train convolutional networks on clusters of CPUs, with the same bits on any number of ranks.",
    discussion: """
      Start it with the site's mpirun, or alone:

        mpirun -n 8 cnn-dist train
        cnn-dist dataset import folder pictures/ --size 150x150 --output pictures.h5
        cnn-dist evaluate runs/digits --split test
        cnn-dist summary digits
        mpirun -n 8 cnn-dist doctor
        cnn-dist filter cat.jpg --kernel sharpen
      """,
    version: Version.text,
    subcommands: [
      TrainCommand.self, SweepCommand.self, SubmitCommand.self, ReportCommand.self, EvaluateCommand.self,
      ReplayCommand.self, DatasetCommand.self, SummaryCommand.self, FilterCommand.self, DoctorCommand.self,
      BenchCommand.self,
    ])
}

/// The program: parses, runs, and turns what went wrong into one message and an exit code.
@main
enum Main {
  static func main() {
    // Whoever reads our output may leave; the results of a run are files.
    signal(SIGPIPE, SIG_IGN)
    // A file that grows beyond its limit is an error of the write, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    keepStandardDescriptors()
    // What the launcher says, before MPI changes the environment.
    _ = (Rank.ofThisProcess, Rank.count)
    MachineMemory.settleShare()
    do {
      try CommandName.check(CommandLine.arguments.dropFirst(), of: CNNDist.self)
      var command = try CNNDist.parseAsRoot(NegativeNumber.joined(CommandLine.arguments.dropFirst()))
      do {
        try command.run()
      } catch let error as ValidationError {
        // What only shows when files have been looked at is said as what the parser finds.
        throw UsageError(message: error.message, command: type(of: command))
      }
      Failure.finishOutput()
    } catch {
      Failure.end(with: error)
    }
  }

  /// Takes the places of standard streams that are closed, so that no file of ours comes there, to be written over by what
  /// is printed.
  private static func keepStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is this one; what cannot be done with a closed stream fails with this one too.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
