import ArgumentParser
import Datasets

/// What can be fuzzed: a new kind is a case here, a kind of import has its name.
enum Target: String, CaseIterable, ExpressibleByArgument {
  /// Image stores of any form.
  case store
  case idx
  case cifar10
  case cifar100
  case npz
  case npy
  case csv

  /// Reads all that there is in a file; errors are thrown.
  func read(_ path: String) throws {
    guard self == .store else { return try importAll(path) }
    _ = try StoreTree(of: path)
    let store = try ImageStore(opening: path)
    _ = try StoreInspection(of: store, pixels: true)
    try store.fingerprint { _ in }
    for (name, split) in store.splits { _ = try StoredSamples(of: store, split: name, range: 0..<split.count) }
  }

  /// Imports a file, and copies every image.
  private func importAll(_ path: String) throws {
    for importer in ImporterRegistry.all where importer.kind == rawValue {
      let data = try importer.init(source: path, options: ImportOptions()).read { _, _ in }
      for samples in data.splits.values {
        var image = [UInt8](repeating: 0, count: samples.bytesPerImage)
        for index in 0..<samples.count { try image.withUnsafeMutableBytes { try samples.copyImage(index, into: $0) } }
      }
    }
  }
}
