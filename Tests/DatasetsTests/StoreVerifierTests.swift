import Foundation
import HDF5
import Testing

@testable import Datasets

@Suite struct StoreVerifierTests {
  private func findings(_ path: String) throws -> [String] { try StoreVerifier(path: path).verify().findings }

  /// Three blocks of one image each.
  private func writeStore(to path: String) throws {
    let source = ListedSource(.classes([0, 1, 1]), shape: [1100, 1000, 1])
    _ = try StoreWriter([.train: StorePart(source)], classNames: ["a", "b"]).write(to: path, replacing: false)
  }

  @Test func wholeStore() throws {
    try withStorePath { path in
      try writeStore(to: path)
      var last = 0
      let report = try StoreVerifier(path: path).verify { done, total in
        #expect(total == 13_200_012 && done > last)
        last = done
      }
      #expect(last == 13_200_012)
      #expect(report.findings == [])
      #expect(report.sampleCount == 3)
      #expect(report.byteCount == 13_200_012)
      #expect(report.datasetsWithChecksums == ["/train/images", "/train/labels"])
      #expect(report.datasetsWithoutChecksums == [])
    }
  }

  @Test func oneChangedByte() throws {
    try withStorePath { path in
      try writeStore(to: path)
      var bytes = try Data(contentsOf: URL(filePath: path))
      // The pixels of the second image are ones.
      let one = try #require(bytes.firstRange(of: Data([0x80, 0x3F, 0, 0])))
      bytes[one.upperBound + 1000] ^= 1
      try bytes.write(to: URL(filePath: path))
      let found = try findings(path)
      #expect(found == ["/train/images: samples 1 to 1: not the bytes that were written: another SHA-256"])
    }
  }

  /// A store of another program, damaged by hand: the label of no class, and pixels that are no numbers.
  @Test func everyFindingNamesItsSample() throws {
    try withStorePath { path in
      let file = try File.inMemory()
      try writeHeader(file)
      try file.writeAttribute("class_names", ["a", "b"], of: "/")
      try file.write([0, 1, .nan, .infinity, 4, -.infinity] as [Float], shape: [3, 2, 1, 1], to: "/train/images")
      try file.write([0, 2, -1] as [Int64], shape: [3], to: "/train/labels")
      try AtomicFile.write(file.image(), to: path)
      let report = try StoreVerifier(path: path).verify()
      #expect(
        report.findings == [
          "/train/images: sample 1: expected finite numbers; found nan",
          "/train/images: sample 2: expected finite numbers; found -inf",
          "/train/labels: sample 1: expected a class from 0 to 1; found 2",
          "/train/labels: sample 2: expected a class from 0 to 1; found -1",
        ])
      #expect(report.datasetsWithoutChecksums == ["/train/images", "/train/labels"])
    }
  }

  @Test func manyFindingsAreCounted() throws {
    try withStorePath { path in
      let file = try File.inMemory()
      try writeHeader(file)
      try file.write([Float](repeating: .nan, count: 30), shape: [30, 1, 1, 1], to: "/train/images")
      try file.write([Int32](repeating: 0, count: 30), shape: [30], to: "/train/labels")
      try AtomicFile.write(file.image(), to: path)
      let found = try findings(path)
      #expect(found.count == 11)
      #expect(found.last == "/train/images: 20 more samples or blocks")
    }
  }

  @Test func otherNumbersOfImagesAndLabels() throws {
    try withStorePath { path in
      let file = try File.inMemory()
      try writeHeader(file)
      try file.write([1, 2, 3] as [UInt8], shape: [3, 1, 1, 1], to: "/train/images")
      try file.write([0, 0] as [Int32], shape: [2], to: "/train/labels")
      try AtomicFile.write(file.image(), to: path)
      #expect(
        try findings(path) == ["/train/labels: expected a label for each of the 3 images; found 2 labels"])
    }
  }

  /// Of a store in another program's format, the first bad sample of each part is found.
  @Test(arguments: [false, true]) func storeOfAnotherFormat(isDamaged: Bool) throws {
    try withStorePath { path in
      let file = try File.inMemory()
      try file.write([0, 1, isDamaged ? .nan : 2, 3] as [Float], shape: [4, 1, 1, 1], to: "/images")
      try file.write([0, 1, 1, 0] as [Int32], shape: [4], to: "/ans")
      try AtomicFile.write(file.image(), to: path)
      let report = try StoreVerifier(path: path).verify()
      #expect(report.sampleCount == 4)
      if isDamaged {
        #expect(report.findings == ["/images: expected finite numbers; found nan in sample 2"])
      } else {
        #expect(report.findings == [] && report.byteCount == 16)
      }
    }
  }

  @Test func noStore() throws {
    try withStorePath { path in
      #expect(throws: DatasetError.self) { try findings(path) }
      try AtomicFile.write(File.inMemory().image(), to: path)
      #expect(throws: DatasetError.self) { try findings(path) }
    }
  }
}
