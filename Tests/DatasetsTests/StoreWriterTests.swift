import Checksums
import Foundation
import HDF5
import Testing

@testable import Datasets

@Suite struct StoreWriterTests {
  private func write(
    _ parts: [SplitName: StorePart], classNames: [String] = [], to path: String, replacing: Bool = false
  ) throws -> ImageStore {
    _ = try StoreWriter(parts, classNames: classNames).write(to: path, replacing: replacing)
    return try ImageStore(opening: path)
  }

  @Test func samplesGoToTheirPlaces() throws {
    try withStorePath { path in
      let source = ListedSource(classes: [0, 1, 2, 0, 1, 2, 0])
      let store = try write(
        [
          .train: StorePart(source, indices: [6, 0, 3]), .validation: StorePart(source, indices: [2, 1]),
          .test: StorePart(ListedSource(.classes([2, 2]), firstNumber: 100)),
        ], classNames: ["a", "b", "ü"], to: path)
      #expect(store.classNames == ["a", "b", "ü"])
      #expect(try sampleNumbers(of: store, .train) == [6, 0, 3])
      #expect(try sampleNumbers(of: store, .validation) == [2, 1])
      #expect(try sampleNumbers(of: store, .test) == [100, 101])
      #expect(try classes(of: store, .train) == [0, 0, 0])
      #expect(try classes(of: store, .validation) == [2, 1])
      #expect(try store.split(.test).imageShape == [2, 1, 1])
    }
  }

  @Test(arguments: [1, 3]) func numbersForLabels(width: Int) throws {
    try withStorePath { path in
      let values = (0..<4 * width).map { Float($0) / 4 }
      let store = try write(
        [.train: StorePart(ListedSource(.values(values, width: width)), indices: [2, 0, 3, 1])], to: path)
      let samples = try StoredSamples(of: store, split: .train, range: 0..<4)
      var expected: [Float] = []
      for index in [2, 0, 3, 1] { expected += values[index * width..<(index + 1) * width] }
      #expect(samples.labels == .values(expected, width: width))
    }
  }

  /// Images of more than a block, and blocks of more than one image, with a last one that is not full.
  @Test(arguments: [[700, 501, 3], [64, 64, 1]]) func everyBlockHasItsChecksum(shape: [Int]) throws {
    try withStorePath { path in
      let count = shape[0] == 700 ? 3 : 300
      let store = try write(
        [.train: StorePart(ListedSource(.classes([Int32](repeating: 0, count: count)), shape: shape))], to: path)
      #expect(try sampleNumbers(of: store, .train) == Array(0..<count))
      let file = try File(opening: path)
      let rows = try file.attribute("rows_per_block", of: "/checksums/train/images", as: Int.self)
      let bytesPerRow = shape.reduce(4, *)
      #expect(rows == max(1, (4 << 20) / bytesPerRow))
      let checksums = try file.dataset(at: "/checksums/train/images")
      #expect(checksums.shape == [(count + rows - 1) / rows, 32])
      let images = try file.dataset(at: "/train/images").values(as: Float.self)
      let expected = stride(from: 0, to: count, by: rows).flatMap { start in
        let block = images[start * bytesPerRow / 4..<min(count, start + rows) * bytesPerRow / 4]
        return Array(block).withUnsafeBytes { SHA256.digest(of: $0) }
      }
      #expect(try checksums.values(as: UInt8.self) == expected)
    }
  }

  @Test func theSameSamplesGiveTheSameBytes() throws {
    let part = StorePart(ListedSource(classes: [0, 1, 1]), indices: [2, 1, 0])
    func bytes() throws -> Data {
      try withStorePath { path in
        _ = try write([.train: part], classNames: ["a", "b"], to: path)
        return try Data(contentsOf: URL(filePath: path))
      }
    }
    let first = try bytes()
    #expect(try bytes() == first)
  }

  @Test func aSourceThatFailsLeavesNothing() throws {
    try withStorePath { path in
      let broken = ListedSource(.classes([0, 0, 0]), broken: 2)
      #expect(throws: ListedSource.Broken.self) { try write([.train: StorePart(broken)], to: path) }
      let folder = URL(filePath: path).deletingLastPathComponent().path()
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == [])
    }
  }

  @Test func noSamples() throws {
    try withStorePath { path in
      #expect(throws: DatasetError.self) { try write([.train: StorePart(ListedSource(classes: []))], to: path) }
      #expect(throws: DatasetError.self) { try write([.test: StorePart(ListedSource(classes: [1]))], to: path) }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func progressEndsWithAll() throws {
    try withStorePath { path in
      var last: [StoreWriter.Phase: [Int]] = [:]
      _ = try StoreWriter([.train: StorePart(ListedSource(.classes([Int32](repeating: 0, count: 130))))])
        .write(to: path, replacing: false) { phase, done, total in
          #expect(done <= total && done > last[phase]?[0] ?? 0)
          last[phase] = [done, total]
        }
      #expect(last == [.samples: [130, 130], .checksums: [2, 2]])
    }
  }
}
