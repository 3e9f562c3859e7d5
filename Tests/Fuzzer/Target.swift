import ArgumentParser
import Datasets

/// What can be fuzzed: a new kind is a case here.
enum Target: String, CaseIterable, ExpressibleByArgument {
  /// Image stores of any form.
  case store

  /// Reads all that there is in a file; errors are thrown.
  func read(_ path: String) throws {
    switch self {
    case .store:
      _ = try StoreTree(of: path)
      let store = try ImageStore(opening: path)
      _ = try StoreInspection(of: store, pixels: true)
      try store.fingerprint { _ in }
      for (name, split) in store.splits { _ = try StoredSamples(of: store, split: name, range: 0..<split.count) }
    }
  }
}
