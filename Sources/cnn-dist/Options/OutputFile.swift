import ArgumentParser
import Glibc
import NeuralNetwork

/// The file that a command writes: it replaces none unless it is told to.
enum OutputFile {
  /// Checks, before any work is done, that nothing would be lost: above all no source.
  ///
  /// - Parameters:
  ///   - force: whether a file that is there may be replaced.
  ///   - sources: what the file is made from, which never is.
  /// - Throws: `ConfigurationError` if there is something at the path that is not to be replaced.
  static func check(_ output: String, force: Bool, sources: [String] = []) throws {
    var status = stat()
    guard lstat(output, &status) == 0 else { return }
    func problem(_ what: String, _ advice: String) -> ConfigurationError {
      ConfigurationError("'\(output)' \(what)", at: "--output", advice: advice)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw problem("is there already, and is not a regular file", "choose another name")
    }
    for source in sources {
      var other = stat()
      if stat(source, &other) == 0, other.st_dev == status.st_dev, other.st_ino == status.st_ino {
        throw ValidationError("--output: '\(output)' is what it is made from; choose another name")
      }
    }
    if !force { throw problem("is there already", "choose another name, or add --force to replace it") }
  }
}
