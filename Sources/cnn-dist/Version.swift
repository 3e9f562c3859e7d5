import MPI
import OneDNN
import Training

/// What `--version` prints.
enum Version {
  static var text: String {
    "cnn-dist \(Program.version) (oneDNN \(Engine.version), \(Environment.libraryVersion), \(Engine.instructionSet))"
  }
}
