import Datasets
import Glibc
import NeuralNetwork

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
    guard !store.hasPrefix("/"), let program = absolute("/proc/self/exe") else { return store }
    var folder = program[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if let path = absolute("\(folder)/\(store)") { return path }
    }
    return store
  }

  private static func absolute(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
