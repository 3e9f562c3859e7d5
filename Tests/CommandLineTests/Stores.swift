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

  /// Writes images whose labels are `width` linear functions of their pixels, and returns those of the test split.
  static func writeLinear(to path: String, width: Int) throws -> [Float] {
    var state: UInt32 = 1
    func samples(_ count: Int) -> (ImageStoreWriter.Samples, [Float]) {
      let pixels = (0..<count * 16).map { _ -> Float in
        state = state &* 1_664_525 &+ 1_013_904_223  // Numerical Recipes' generator
        return Float(state >> 24) / 128 - 1
      }
      var values: [Float] = []
      for sample in 0..<count {
        for output in 0..<width {
          var value = Float(output)
          for pixel in 0..<16 { value += pixels[sample * 16 + pixel] * Float((pixel * 5 + output) % 7 - 3) / 8 }
          values.append(value)
        }
      }
      return (.init(images: .float32(pixels), imageShape: [4, 4, 1], labels: .values(values, width: width)), values)
    }
    let (train, test) = (samples(90), samples(21))
    try ImageStoreWriter.write([.train: train.0, .test: test.0], to: path)
    return test.1
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
