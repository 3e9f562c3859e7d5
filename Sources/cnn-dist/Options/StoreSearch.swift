import Datasets
import Glibc
import NeuralNetwork
import Numerics
import Training

/// Finds the store that comes with the program, wherever the program is started.
enum StoreSearch {
  /// The same selection with the absolute paths of all its files.
  ///
  /// - Throws: ``ConfigurationError`` if a path is empty.
  static func files(of selection: StoreSelection) throws(ConfigurationError) -> StoreSelection {
    try selection.mapFiles(path)
  }

  /// The absolute path of `store`; looked for from here, then beside the program and in the folders above it.
  ///
  /// - Throws: ``ConfigurationError`` if `store` is empty, which would name the folder of the program.
  static func path(of store: String) throws(ConfigurationError) -> String {
    guard !store.isEmpty else {
      throw ConfigurationError("expected the path of an image store, found nothing", at: "store")
    }
    if let path = absolute(store) { return path }
    guard !Path.isAbsolute(store), let program = absolute("/proc/self/exe") else { return store }
    var folder = program
    while folder != "/" {
      folder = Path.folder(of: folder)
      if let path = absolute("\(folder)/\(store)") { return path }
    }
    return store
  }

  /// What to do about a store that is not there: where it was looked for, and what else there is.
  static func advice(for store: String) -> String {
    guard !Path.isAbsolute(store) else { return "check the path" }
    let here = absolute(".") ?? "."
    let program = absolute("/proc/self/exe").map(Path.folder) ?? "it"
    let places = "looked in \(here), in \(program), where the program is, and in the folders above that"
    guard store == TrainingConfiguration().store else { return "\(places); check the path" }
    return "\(places). It has the digits that come with the program, which are taken where no store is named: name one "
      + "with --store, or put the folder datasets beside the program"
  }

  private static func absolute(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
