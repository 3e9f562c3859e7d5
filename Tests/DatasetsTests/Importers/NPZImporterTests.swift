import Foundation
import Testing

@testable import Datasets

@Suite struct NPZImporterTests {
  private func kinds(_ images: String, labels: String = "labels i8", size: (Int, Int)? = nil) throws -> any SampleSource
  {
    let data = try imported(NPZImporter.self, formats("numpy/kinds.npz"), images: images, labels: labels, size: size)
    return try #require(data.splits[.train])
  }

  @Test(arguments: ["mnist.npz", "stored.npz"]) func keras(name: String) throws {
    let data = try imported(NPZImporter.self, formats("numpy/\(name)"))
    let train = try #require(data.splits[.train])
    #expect(train.imageShape == [5, 4, 1] && train.labels == formulaClasses(6, of: 10))
    #expect(try train.followsFormula())
    let test = try #require(data.splits[.test])
    #expect(test.labels == formulaClasses(3, of: 10, from: 100))
    #expect(try test.followsFormula(from: 100))
  }

  @Test func threeParts() throws {
    let data = try imported(NPZImporter.self, formats("numpy/medical.npz"))
    for (name, count, first) in [(SplitName.train, 4, 0), (.validation, 2, 50), (.test, 3, 100)] {
      let samples = try #require(data.splits[name])
      #expect(samples.imageShape == [4, 4, 3] && samples.labels == formulaClasses(count, of: 5, from: first))
      #expect(try samples.followsFormula(from: first))
    }
  }

  @Test func withoutNames() throws {
    let samples = try #require(try imported(NPZImporter.self, formats("numpy/unnamed.npz")).splits[.train])
    #expect(samples.labels == formulaClasses(6, of: 10))
    #expect(try samples.followsFormula())
  }

  /// Halves hold whole numbers up to 2048 exactly.
  @Test(arguments: ["big", "little"], ["u2", "u4", "u8", "i2", "i4", "i8", "f2", "f4", "f8"])
  func numbers(order: String, type: String) throws {
    let samples = try kinds("\(order) \(type)")
    #expect(samples.imageShape == [3, 5, 1])
    for index in 0..<5 { #expect(try samples.floats(index) == formulaPixels(index, 3, 5).map(Float.init)) }
  }

  @Test func otherNumbers() throws {
    for index in 0..<5 {
      let pixels = formulaPixels(index, 3, 5).map(Float.init)
      #expect(try kinds("bool").bytes(index) == pixels.map { $0 > 100 ? 1 : 0 })
      #expect(try kinds("negative i1").floats(index) == pixels.map { $0 - 128 })
      #expect(try kinds("negative f2").floats(index) == pixels.map { -$0 / 1024 })
      // Below the least normal half, 2 to the power of -14.
      #expect(try kinds("tiny f2").floats(index) == pixels.map { $0 / 16_777_216 })
    }
  }

  @Test(arguments: ["Fortran", "version 2", "version 3", "one channel first"]) func grey(name: String) throws {
    let samples = try kinds(name)
    #expect(samples.imageShape == [3, 5, 1])
    #expect(try samples.followsFormula())
  }

  @Test(arguments: ["channels last", "channels first", "Fortran channels first"]) func colour(name: String) throws {
    let samples = try kinds(name)
    #expect(samples.imageShape == [3, 5, 3])
    #expect(try samples.followsFormula())
  }

  @Test(arguments: ["channels first i2", "Fortran colour f8"]) func colourOfNumbers(name: String) throws {
    let samples = try kinds(name)
    for index in 0..<5 { #expect(try samples.floats(index) == formulaPixels(index, 3, 5, 3).map(Float.init)) }
  }

  @Test func flat() throws {
    let samples = try kinds("flat", size: (3, 5))
    #expect(samples.imageShape == [3, 5, 1])
    #expect(try samples.followsFormula())
    let error = try #require(throws: DatasetError.self) { try kinds("flat") }
    #expect(
      error.description.contains("kinds.npz, flat: expected images [N, H, W], or their size; found shape [5, 15]"))
    #expect(throws: DatasetError.self) { try kinds("flat", size: (3, 6)) }
    #expect(throws: DatasetError.self) { try kinds("flat", size: (.max, .max)) }
  }

  @Test(arguments: [
    "labels i8", "labels big i4", "labels column", "labels one-hot", "labels one-hot Fortran", "labels one-hot bool",
  ]) func classes(name: String) throws {
    #expect(try kinds("Fortran", labels: name).labels == formulaClasses(5, of: 4))
  }

  @Test func values() throws {
    let classes: [Float] = [1, 0, 3, 2, 1]
    #expect(try kinds("Fortran", labels: "labels f8").labels == .values(classes.map { $0 / 4 }, width: 1))
    #expect(
      try kinds("Fortran", labels: "labels two f4").labels == .values(classes.flatMap { [$0 / 4, -$0] }, width: 2))
  }

  /// `1 0 3 2 1` of ant, bee, Zebra, 十; by their characters Zebra comes first.
  @Test(arguments: ["labels U", "labels big U"]) func texts(name: String) throws {
    let data = try imported(NPZImporter.self, formats("numpy/kinds.npz"), images: "Fortran", labels: name)
    #expect(data.classNames == ["Zebra", "ant", "bee", "十"])
    #expect(data.splits[.train]?.labels == .classes([2, 1, 3, 0, 2]))
  }

  @Test func otherTexts() throws {
    let bytes = try imported(NPZImporter.self, formats("numpy/kinds.npz"), images: "Fortran", labels: "labels S")
    #expect(bytes.classNames == ["aä", "b"])
    #expect(bytes.splits[.train]?.labels == .classes([0, 1, 0, 1, 0]))
    let numbers = try imported(
      NPZImporter.self, formats("numpy/kinds.npz"), images: "Fortran", labels: "labels numbers")
    #expect(numbers.classNames == ["1", "2", "9", "10"])
    #expect(numbers.splits[.train]?.labels == .classes([2, 3, 0, 1, 2]))
  }

  @Test(
    arguments: [
      ("not finite", "labels i8", ["not finite: expected finite numbers", "found nan in sample 3"]),
      ("too large f8", "labels i8", ["found inf in sample 4"]), ("objects", "labels i8", ["found Python objects"]),
      ("Fortran", "objects", ["objects: ", "found Python objects"]), ("complex", "labels i8", ["found type '<c8'"]),
      ("records", "labels i8", ["found records"]), ("nothing", "labels none", ["at least one image"]),
      ("no pixels", "labels i8", ["at least one pixel", "shape [5, 0, 5]"]), ("scalar", "labels i8", ["shape []"]),
      ("labels U", "labels i8", ["images, which are numbers", "found texts"]),
      ("Fortran", "labels of 4", ["labels of 4", "shape [4]", "found 5 images"]),
      ("Fortran", "labels none", ["shape [0]"]), ("Fortran", "scalar", ["shape []"]),
      ("Fortran", "channels last", ["labels [N] or [N, K]"]),
      ("Fortran", "labels negative", ["expected classes from 0", "found -2 at index 0"]),
      ("Fortran", "labels rows", ["rows with a single 1", "rows of 2 other numbers"]),
      ("Fortran", "labels nan", ["found nan as label of sample 3"]), ("none", "labels i8", ["an array none"]),
      ("Fortran", "labels u8", ["labels u8"]),
    ] as [(String, String, [String])]) func errors(images: String, labels: String, words: [String]) throws
  {
    // Whole numbers beyond those of Int64 become values; they are no classes in any case.
    guard labels != "labels u8" else {
      #expect(try kinds(images, labels: labels).labels == .values([Float](repeating: 0x1p63, count: 5), width: 1))
      return
    }
    expectImportError(words, NPZImporter.self, formats("numpy/kinds.npz"), images: images, labels: labels)
  }

  @Test(arguments: [
    ("2^60", ["expected 1152921504606846976 bytes by its header", "holds at most"]), ("2^120", ["shape"]),
    ("2^70", ["header"]), ("claims 100 GB", ["expected 102400000000 bytes by its header"]),
    ("negative", ["[-1, 4, 4]"]),
    ("two negative", ["[-1, -4, 4]"]), ("empty text", ["type '<U0'"]), ("no shape", ["a header with type"]),
    ("no dictionary", ["a header with type"]), ("cut off", ["expected 48 bytes, found 40"]),
    ("goes on", ["found more bytes"]), ("nested", ["an array in NumPy's format"]),
  ]) func wrong(name: String, words: [String]) {
    expectImportError(["\(name).npz, x"] + words, NPZImporter.self, formats("numpy/wrong/\(name).npz"))
  }

  @Test func otherFiles() {
    expectImportError(["of another kind"], NPZImporter.self, formats("numpy/pairs/x_train.npy"))
    expectImportError(["there is no such file"], NPZImporter.self, formats("numpy/none.npz"))
    expectImportError(["names such as x_train and y_train", "--images"], NPZImporter.self, formats("numpy/kinds.npz"))
  }
}
