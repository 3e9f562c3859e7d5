import ArgumentParser
import Glibc
import NeuralNetwork
import Numerics

/// Where a command writes a store.
struct StoreOutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The image store to write (HDF5).", valueName: "store.h5"))
  var output: String

  @Flag(help: "Replace the file if it is there already.")
  var force = false

  /// The folder that the store goes into.
  var folder: String { Path.folder(of: output) }

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output needs the name of a file") }
  }

  /// Checks, before any work is done, that nothing would be lost: above all no source.
  ///
  /// - Parameter sources: what the store is made from.
  /// - Throws: `ConfigurationError` if there is something at the path that is not to be replaced.
  func check(sources: [String] = []) throws {
    if Rank.hasOthers { throw ValidationError("this command works alone; start it without mpirun") }
    try OutputFile.check(output, force: force, sources: sources)
  }
}
