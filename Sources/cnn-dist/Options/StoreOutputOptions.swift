import ArgumentParser
import Glibc
import NeuralNetwork

/// Where a command writes a store.
struct StoreOutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The image store to write (HDF5).", valueName: "store.h5"))
  var output: String

  @Flag(help: "Replace the file if it is there already.")
  var force = false

  /// The folder that the store goes into.
  var folder: String {
    output.lastIndex(of: "/").map { $0 == output.startIndex ? "/" : String(output[..<$0]) } ?? "."
  }

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output needs the name of a file") }
  }

  /// Checks, before any work is done, that nothing would be lost: above all no source.
  ///
  /// - Parameter sources: what the store is made from.
  /// - Throws: `ConfigurationError` if there is something at the path that is not to be replaced.
  func check(sources: [String] = []) throws {
    if Rank.hasOthers { throw ValidationError("this command works alone; start it without mpirun") }
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
        throw ValidationError("--output: '\(output)' is what the store is made from; choose another name")
      }
    }
    if !force { throw problem("is there already", "choose another name, or add --force to replace it") }
  }
}
