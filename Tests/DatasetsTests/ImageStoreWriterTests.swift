import Datasets
import Foundation
import HDF5
import Testing

@Suite struct ImageStoreWriterTests {
  private let samples = ImageStoreWriter.Samples(
    images: .uint8([1, 2, 3, 4, 5, 6]), imageShape: [1, 1, 3], labels: .classes([1, 0]))

  @Test func whatIsWrittenIsRead() throws {
    try withStorePath { path in
      try ImageStoreWriter.write([.train: samples, .validation: samples], classNames: ["no", "yes"], to: path)
      let store = try ImageStore(opening: path)
      #expect(store.classNames == ["no", "yes"])
      #expect(Set(store.splits.keys) == [.train, .validation])
      let split = try store.split(.validation)
      #expect(split.count == 2)
      #expect(split.imageShape == [1, 1, 3])
      let resident = try StoredSamples(of: store, split: .validation, range: 1..<2)
      #expect(image(1, of: resident) == [4, 5, 6])
      #expect(resident.labels == .classes([0]))
    }
  }

  @Test func theSameSamplesGiveTheSameBytes() throws {
    try withStorePath { path in
      func bytes() throws -> Data {
        try ImageStoreWriter.write([.train: samples], to: path)
        return try Data(contentsOf: URL(fileURLWithPath: path))
      }
      let first = try bytes()
      #expect(try bytes() == first)
    }
  }

  @Test func imagesAndLabelsMustBeOfOneNumber() throws {
    var short = samples
    short.labels = .classes([1])
    try withStorePath { path in
      #expect(throws: HDF5Error.self) { try ImageStoreWriter.write([.train: short], to: path) }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }
}
