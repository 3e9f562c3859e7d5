import Datasets
import Foundation
import HDF5
import Testing

@Suite struct DigitsTests {
  /// The numbers were taken from the file with h5py.
  @Test func contents() throws {
    let store = try ImageStore(opening: dataset("digits.h5"))
    #expect(store.classNames == (0..<10).map { "\($0)" })
    #expect(Set(store.splits.keys) == [.train, .test])
    let train = try store.split(.train)
    let test = try store.split(.test)
    #expect(train.count == 1_437)
    #expect(test.count == 360)
    for split in [train, test] {
      #expect(split.imageShape == [8, 8, 1])
      #expect(split.storage == .uint8)
      #expect(split.labels == .classes(count: 10))
      #expect(split.elementsPerImage == 64)
    }
    try check(
      StoredSamples(of: store, split: .train, range: 0..<1_437), pixelSum: 449_247, labelSum: 6_463,
      firstLabels: [6, 3, 8, 1, 7, 4, 3, 4], firstSum: 348, lastSum: 288)
    try check(
      StoredSamples(of: store, split: .test, range: 0..<360), pixelSum: 112_471, labelSum: 1_607,
      firstLabels: [0, 3, 6, 0, 2, 7, 3, 7], firstSum: 361, lastSum: 298)
  }

  private func check(
    _ samples: StoredSamples, pixelSum: Float, labelSum: Int, firstLabels: [Int32], firstSum: Float, lastSum: Float
  ) {
    let sums = samples.range.map { image($0, of: samples).reduce(0, +) }
    #expect(sums.reduce(0, +) == pixelSum)
    #expect(sums.first == firstSum)
    #expect(sums.last == lastSum)
    guard case .classes(let labels) = samples.labels else {
      Issue.record("the labels are not classes")
      return
    }
    #expect(Array(labels.prefix(8)) == firstLabels)
    #expect(labels.reduce(0) { $0 + Int($1) } == labelSum)
  }
}

/// The pixels of one image.
func image(_ index: Int, of samples: StoredSamples) -> [Float] {
  var pixels = [Float](repeating: -1, count: samples.elementsPerImage)
  var span = pixels.mutableSpan
  samples.copyImage(index, into: &span)
  return pixels
}

@Suite struct ImageStoreTests {
  /// What a part of a store under test holds; the default is valid.
  private func writePart(
    _ file: borrowing File, _ name: String = "train", shape: [Int] = [3, 2, 2, 1], labels: [Int] = [0, 1, 2]
  ) throws {
    try file.write([UInt8](repeating: 5, count: shape.reduce(1, *)), shape: shape, to: "/\(name)/images")
    try file.write(labels.map { Int64($0) }, shape: [labels.count], to: "/\(name)/labels")
  }

  @Test func classesAreCountedOverAllSplits() throws {
    let store = try openStore { file in
      try writeHeader(file)
      try writePart(file)
      try writePart(file, "test", labels: [9, 0, 0])
    }
    #expect(store.classNames.isEmpty)
    #expect(store.splits.mapValues(\.labels) == [.train: .classes(count: 10), .test: .classes(count: 10)])
  }

  @Test func typesAreTakenAsTheyAre() throws {
    let store = try openStore { file in
      try writeHeader(file)
      try file.write(
        [Int16](repeating: -300, count: 24), shape: [2, 2, 2, 3], to: "/train/images", chunks: [1, 2, 2, 3])
      try file.write([0.5, 1.5], shape: [2], to: "/train/labels")
      try file.write([Double](repeating: 0.25, count: 12), shape: [1, 2, 2, 3], to: "/test/images")
      try file.write([Float(7)], shape: [1, 1], to: "/test/labels")
    }
    #expect(store.splits[.train]?.storage == .float32)
    #expect(store.splits[.train]?.labels == .values(width: 1))
    #expect(store.splits[.test]?.labels == .values(width: 1))
  }

  // MARK: Errors

  /// Expects a `DatasetError` whose message contains all of `words`.
  private func expectError(
    _ words: String..., kind: DatasetError.Kind = .invalid, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) {
    do {
      try body()
      Issue.record("no error was thrown", sourceLocation: sourceLocation)
    } catch let error as DatasetError {
      #expect(error.kind == kind, sourceLocation: sourceLocation)
      for word in words {
        #expect("\(error)".contains(word), "\"\(word)\" is not in: \(error)", sourceLocation: sourceLocation)
      }
    } catch {
      Issue.record(error, sourceLocation: sourceLocation)
    }
  }

  @Test func filesThatAreNoStores() throws {
    try withStorePath { path in
      expectError("\(path): expected an HDF5 file; found none; check the path", kind: .notFound) {
        _ = try ImageStore(opening: path)
      }
      try AtomicFile.write(Array("text".utf8), to: path)
      expectError("\(path): expected an HDF5 file; found a file of another format") {
        _ = try ImageStore(opening: path)
      }

      let bytes = try Data(contentsOf: URL(fileURLWithPath: dataset("digits.h5")))
      try AtomicFile.write([UInt8](bytes.prefix(100_000)), to: path)
      expectError(path, "truncated", "132436", "copy it again") { _ = try ImageStore(opening: path) }
    }
  }

  @Test func wrongFormatOrVersion() throws {
    for format in [nil, "something else"] {
      // Not ours: the same paths are understood all the same.
      let store = try openStore { file in
        if let format { try file.writeAttribute("format", format, of: "/") }
        try writePart(file)
      }
      #expect(store.splits.count == 1)
    }
    expectError("attribute version of /: expected 1; found none") {
      try openStore { try $0.writeAttribute("format", "cnn-dist image store", of: "/") }
    }
    expectError("attribute version of /: expected 1; found 2") {
      try openStore { file in
        try file.writeAttribute("format", "cnn-dist image store", of: "/")
        try file.writeAttribute("version", 2, of: "/")
      }
    }
  }

  @Test func missingParts() throws {
    expectError("/train/images: expected images [N, H, W, C]; found none") { try openStore { try writeHeader($0) } }
    expectError("/train/labels: expected labels [N]; found none") {
      try openStore { file in
        try writeHeader(file)
        try file.write([UInt8](repeating: 0, count: 4), shape: [1, 2, 2, 1], to: "/train/images")
      }
    }
    expectError("/test/images: expected images [N, H, W, C]; found none") {
      try openStore { file in
        try writeHeader(file)
        try writePart(file)
        try file.write([Int32(0)], shape: [1], to: "/test/labels")
      }
    }
    expectError("/validation: expected a group with images and labels; found only train, test") {
      _ = try ImageStore(opening: dataset("digits.h5")).split(.validation)
    }
  }

  @Test func wrongShapes() throws {
    func open(_ shape: [Int], labels: [Int], test: [Int]? = nil) throws {
      try openStore { file in
        try writeHeader(file)
        try writePart(file, shape: shape, labels: labels)
        if let test { try writePart(file, "test", shape: test, labels: [Int](repeating: 0, count: test[0])) }
      }
    }
    expectError("/train/images", "images [N, H, W, C]", "shape [3, 2, 2]", "last axis of 1") {
      try open([3, 2, 2], labels: [0, 1, 2])
    }
    expectError("/train/labels", "each of the 3 images", "found 2 labels") { try open([3, 2, 2, 1], labels: [0, 1]) }
    expectError("/train/images", "at least one sample", "shape [0, 2, 2, 1]") { try open([0, 2, 2, 1], labels: []) }
    expectError("/train/images", "at least one sample") { try open([3, 0, 2, 1], labels: [0, 0, 0]) }
    expectError("/test/images", "[2, 2, 1], as in /train/images", "[2, 3, 1]") {
      try open([3, 2, 2, 1], labels: [0, 0, 0], test: [1, 2, 3, 1])
    }
    expectError("/train/labels", "int32 of shape [1, 3]") {
      try openStore { file in
        try writeHeader(file)
        try file.write([UInt8](repeating: 0, count: 12), shape: [3, 2, 2, 1], to: "/train/images")
        try file.write([Int32](repeating: 0, count: 3), shape: [1, 3], to: "/train/labels")
      }
    }
  }

  @Test func labelsOutOfRange() throws {
    func open(_ labels: [Int], names: [String]? = nil) throws {
      try openStore { file in
        try writeHeader(file)
        if let names { try file.writeAttribute("class_names", names, of: "/") }
        try writePart(file, labels: labels)
      }
    }
    expectError("/train/labels", "classes from 0 to 1", "found 2 at index 1") {
      try open([0, 2, 3], names: ["a", "b"])
    }
    expectError("/train/labels", "found -1 at index 2") { try open([0, 2, -1]) }
    expectError("/train/labels", "found -5 at index 0") { try open([-5, -5, -5]) }
    expectError("/train/labels", "found label \(Int.max) at index 1") { try open([0, Int.max, 1]) }
    expectError("/train/labels", "found nan as value 1", "finite") {
      try openStore { file in
        try writeHeader(file)
        try file.write([UInt8](repeating: 0, count: 8), shape: [2, 2, 2, 1], to: "/train/images")
        try file.write([1, Float.nan], shape: [2], to: "/train/labels")
      }
    }
    expectError("/test/labels", "as in /train/labels", "values(width: 1)") {
      try openStore { file in
        try writeHeader(file)
        try writePart(file)
        try file.write([UInt8](repeating: 0, count: 4), shape: [1, 2, 2, 1], to: "/test/images")
        try file.write([Float(1)], shape: [1], to: "/test/labels")
      }
    }
  }

  // MARK: Fingerprint

  @Test func fingerprintsTellStoresApart() throws {
    func fingerprint(pixel: UInt8 = 1, label: Int32 = 0, names: [String] = []) throws -> [UInt8] {
      try withStorePath { path in
        var pixels = [UInt8](repeating: 1, count: 100 * 4)
        pixels[0] = pixel
        var labels = [Int32](repeating: 1, count: 100)
        labels[99] = label
        try ImageStoreWriter.write(
          [.train: .init(images: .uint8(pixels), imageShape: [2, 2, 1], labels: .classes(labels))], classNames: names,
          to: path)
        return try bytes(of: ImageStore(opening: path))
      }
    }
    let reference = try fingerprint()
    #expect(try fingerprint() == reference)
    #expect(try fingerprint(pixel: 2) != reference)
    #expect(try fingerprint(label: 1) != reference)
    #expect(try fingerprint(names: ["a", "b"]) != reference)
  }

  @Test func aFingerprintHasAllLabelsAndSomeImages() throws {
    let digits = try bytes(of: ImageStore(opening: dataset("digits.h5")))
    #expect(digits.count > 2 * 64 * 64 + 4 * 1_797)
    #expect(digits.count < 2 * 64 * 64 + 4 * 1_797 + 300)
  }

  private func bytes(of store: ImageStore) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try store.fingerprint { bytes.append(contentsOf: $0) }
    return bytes
  }
}
