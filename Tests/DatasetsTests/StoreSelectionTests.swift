import HDF5
import Testing

@testable import Datasets

@Suite struct StoreSelectionTests {
  @Test(arguments: [
    ("/x", nil, "/x"), ("x", nil, "/x"), ("a/b", nil, "/a/b"), ("file.h5:/x", "file.h5", "/x"),
    ("/data/file.h5:/x/y", "/data/file.h5", "/x/y"), ("C:/odd/file.h5:/x", "C:/odd/file.h5", "/x"),
    ("/a:b", nil, "/a:b"),
  ]) func references(text: String, file: String?, path: String) {
    let reference = DatasetReference(text)
    #expect(reference.file == file)
    #expect(reference.path == path)
    #expect(reference.axes == nil && reference.meaning == nil)
    #expect(DatasetReference(reference.description) == reference)
  }

  @Test func meanings() {
    #expect(DatasetReference("file.h5:/x:nchw").axes == .nchw)
    #expect(DatasetReference("file.h5:/x:nchw").description == "file.h5:/x:NCHW")
    #expect(DatasetReference("y:Classes").meaning == .classes)
    #expect(DatasetReference("y:values").description == "/y:values")
    #expect(DatasetReference("/y:something").path == "/y:something")
  }

  @Test func allFilesAreMapped() {
    let selection = StoreSelection(
      "/a/b.h5", images: "/x:NCHW", labels: "/c/d.h5:/y", validationStore: "e/f.h5", validationFraction: 0.5)
    let expected = StoreSelection(
      "b.h5", images: "/x:NCHW", labels: "d.h5:/y", validationStore: "f.h5", validationFraction: 0.5)
    #expect(selection.mapFiles { $0.split(separator: "/").last.map(String.init) ?? $0 } == expected)
  }

  @Test func filesThatReferencesName() {
    #expect(StoreSelection("a.h5", images: "/x", labels: "/y:classes").referencedFiles == [])
    #expect(StoreSelection("a.h5", images: "b.h5:/x:NCHW", labels: "c.h5:/y").referencedFiles == ["b.h5", "c.h5"])
  }

  // MARK: The second store

  /// Writes four images whose pixels are `value`, under two names, and labels under two names: all 0 as `/ans`, else 1.
  private func writeStore(_ value: UInt8, to path: String, without: String? = nil) throws {
    let file = try File.inMemory()
    for name in ["/images", "/pictures"] where name != without {
      let pixel = name == "/images" ? value : value + 100
      try file.write([UInt8](repeating: pixel, count: 4), shape: [4, 1, 1, 1], to: name)
    }
    for name in ["/ans", "/redshift"] where name != without {
      try file.write(name == "/ans" ? [0, 0, 0, 0] : [1, 1, 0, 1] as [Int32], shape: [4], to: name)
    }
    try AtomicFile.write(file.image(), to: path)
  }

  /// The first pixel and the labels of `validation`, which is a second store; `other` is a third file.
  private func validation(
    images: String? = nil, labels: String? = nil, secondWithout: String? = nil
  ) throws -> (pixel: Float, labels: [Int32]) {
    try withStorePath { path in
      let (second, other) = (path + ".second", path + ".other")
      try writeStore(1, to: path)
      try writeStore(2, to: second, without: secondWithout)
      try writeStore(3, to: other)
      func named(_ text: String?) -> String? { text?.replacing("other:", with: "\(other):") }
      let store = try ImageStore(
        opening: StoreSelection(path, images: named(images), labels: named(labels), validationStore: second))
      let samples = try StoredSamples(of: store, split: .validation, range: 0..<4)
      return (image(0, of: samples)[0], try store.classLabels(of: .validation, 0..<4))
    }
  }

  /// Each path that is named holds for the second store too, whether or not the other one is named.
  @Test func namedPathsHoldForTheSecondStore() throws {
    let labels = try validation(labels: "/redshift", secondWithout: "/pictures")
    #expect(labels.pixel == 2 && labels.labels == [1, 1, 0, 1])
    let images = try validation(images: "/pictures", secondWithout: "/redshift")
    #expect(images.pixel == 102 && images.labels == [0, 0, 0, 0])
    let both = try validation(images: "/pictures", labels: "/redshift")
    #expect(both.pixel == 102 && both.labels == [1, 1, 0, 1])
  }

  @Test func namedPathsThatTheSecondStoreLacks() throws {
    expectDatasetError("store.h5.second, /redshift: expected a dataset; found none; there are /ans") {
      _ = try validation(labels: "/redshift", secondWithout: "/redshift")
    }
    expectDatasetError("store.h5.second, /pictures: expected a dataset; found none; there are ") {
      _ = try validation(images: "/pictures", labels: "/ans", secondWithout: "/pictures")
    }
  }

  /// Images of one file never get labels of another one that were written for the images of a third.
  @Test func labelsOfAnotherFileAreNotTheSecondStores() throws {
    for (images, labels) in [("/images", "other:/redshift"), ("other:/images", "/redshift")] {
      expectDatasetError("store.h5.other:/", "the samples of the second store", "into one file") {
        _ = try validation(images: images, labels: labels)
      }
    }
    let found = try validation(images: "other:/images", labels: "other:/ans", secondWithout: "/redshift")
    #expect(found.pixel == 2 && found.labels == [0, 0, 0, 0])
  }

  // MARK: The number of classes

  /// Opens three images with these rows and names.
  private func open(oneHot width: Int, names: [String]) throws -> ImageStore {
    try openStore { file in
      try file.write([UInt8](repeating: 9, count: 3), shape: [3, 1, 1, 1], to: "/images")
      let rows = (0..<3).flatMap { sample in (0..<width).map { UInt8($0 == (sample + width - 1) % width ? 1 : 0) } }
      try file.write(rows, shape: [3, width], to: "/labels")
      try file.writeAttribute("class_names", names, of: "/")
    }
  }

  @Test func moreClassesThanNames() throws {
    expectDatasetError("/labels", "expected at least 4 names of classes", "found 2") {
      _ = try open(oneHot: 4, names: ["a", "b"])
    }
    let spare = try open(oneHot: 2, names: ["a", "b", "c"])
    #expect(try spare.split(.train).labels == .classes(count: 3) && spare.classNames.count == 3)
  }

  /// A class takes memory wherever samples are counted: a label that is not the number of a class is refused.
  @Test(arguments: [65_536, Int(Int32.max) - 1, Int(Int32.max), Int.max]) func labelsThatAreNoNumbersOfClasses(
    label: Int
  ) throws {
    expectDatasetError("/labels", "expected classes below 65536", "found label \(label) at index 1", "without gaps") {
      try openStore { file in
        try file.write([UInt8](repeating: 9, count: 3), shape: [3, 1, 1, 1], to: "/images")
        try file.write([0, Int64(label), 1], shape: [3], to: "/labels")
      }
    }
  }

  /// As many classes as samples are possible, whichever part has them.
  @Test func manyClasses() throws {
    func open(_ label: Int32) throws -> ImageStore {
      try openStore { file in
        try file.write([UInt8](repeating: 9, count: 70_000), shape: [70_000, 1, 1, 1], to: "/train/images")
        try file.write([Int32](0..<70_000), shape: [70_000], to: "/train/labels")
        try file.write([9, 9] as [UInt8], shape: [2, 1, 1, 1], to: "/test/images")
        try file.write([label, 1], shape: [2], to: "/test/labels")
      }
    }
    #expect(try open(70_001).split(.train).labels == .classes(count: 70_002))
    expectDatasetError("/test/labels", "classes below 70002", "found label 70002 at index 0") { _ = try open(70_002) }
  }
}
