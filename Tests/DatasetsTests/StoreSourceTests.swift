import Foundation
import HDF5
import Testing

@testable import Datasets

@Suite struct StoreSourceTests {
  private func numbers(of source: some SampleSource, _ indices: [Int]) throws -> [Float] {
    var bytes = [UInt8](repeating: 0, count: source.bytesPerImage)
    return try indices.map { index in
      try bytes.withUnsafeMutableBytes {
        try source.copyImage(index, into: $0)
        return $0.loadUnaligned(as: Float.self)
      }
    }
  }

  /// Of several blocks of 8 MiB: in order, backwards, and from block to block.
  @Test func whatTheStoreHas() throws {
    try withStorePath { path in
      let labels = StoredSamples.Labels.classes((0..<300).map { $0 % 5 })
      _ = try StoreWriter([.train: StorePart(ListedSource(labels, shape: [128, 128, 1]))]).write(
        to: path, replacing: false)
      let source = try StoreSource(of: ImageStore(opening: path), split: .train)
      #expect(source.labels == labels)
      #expect(source.imageShape == [128, 128, 1])
      for indices in [Array(0..<300), Array((0..<300).reversed()), [0, 299, 1, 298, 150]] {
        #expect(try numbers(of: source, indices) == indices.map { Float($0) })
      }
    }
  }

  /// Chunks that do not divide the samples, in a type that is converted.
  @Test func chunks() throws {
    let store = try withStorePath { path in
      let file = try File.inMemory()
      try writeHeader(file)
      try file.write((0..<14).map { Int16($0 / 2) }, shape: [7, 2, 1, 1], to: "/train/images", chunks: [3, 2, 1, 1])
      try file.write([Float](repeating: 0.5, count: 7), shape: [7], to: "/train/labels")
      try AtomicFile.write(file.image(), to: path)
      return try StoreSource(of: ImageStore(opening: path), split: .train)
    }
    #expect(store.storage == .float32)
    #expect(try numbers(of: store, [6, 0, 3]) == [6, 0, 3])
  }

  @Test func missingPart() throws {
    try withStorePath { path in
      _ = try StoreWriter([.train: StorePart(ListedSource(classes: [0]))]).write(to: path, replacing: false)
      #expect(throws: DatasetError.self) { try StoreSource(of: ImageStore(opening: path), split: .test) }
    }
  }
}
