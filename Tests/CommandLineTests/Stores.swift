import Datasets
import Foundation

/// Small stores for tests.
enum Stores {
  /// Writes forty images of `side`×`side` pixels in `classes` classes.
  static func write(to path: String, side: Int, classes: Int = 10) throws {
    let labels = (0..<40).map { Int32($0 % classes) }
    let pixels = (0..<40 * side * side).map { UInt8($0 * 7 % 17) }
    let samples = ImageStoreWriter.Samples(
      images: .uint8(pixels), imageShape: [side, side, 1], labels: .classes(labels))
    try ImageStoreWriter.write([.train: samples], classNames: (0..<classes).map { "\($0)" }, to: path)
  }

  /// Writes three digits with numbers for labels.
  static func writeWithNumbers(to path: String) throws {
    let samples = ImageStoreWriter.Samples(
      images: .uint8([UInt8](repeating: 1, count: 3 * 64)), imageShape: [8, 8, 1],
      labels: .values([0.5, 1, 2], width: 1))
    try ImageStoreWriter.write([.train: samples], to: path)
  }

  /// Writes a store with a label that no class has.
  static func writeWithWrongLabel(to path: String) throws {
    let samples = ImageStoreWriter.Samples(
      images: .uint8([UInt8](repeating: 1, count: 3 * 64)), imageShape: [8, 8, 1], labels: .classes([0, 1, 2]))
    try ImageStoreWriter.write([.train: samples], classNames: ["a", "b"], to: path)
  }
}
