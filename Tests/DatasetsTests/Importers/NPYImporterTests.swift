import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct NPYImporterTests {
  @Test func folder() throws {
    let data = try imported(NPYImporter.self, formats("numpy/pairs"))
    #expect(data.splits.count == 2)
    for (name, count) in [(SplitName.train, 5), (.test, 2)] {
      let samples = try #require(data.splits[name])
      #expect(samples.imageShape == [3, 5, 1] && samples.labels == formulaClasses(count, of: 4))
      #expect(try samples.followsFormula())
    }
  }

  /// Of a folder the files that are named, with their endings or without.
  @Test(arguments: ["packed", "packed.npy.gz"]) func named(images: String) throws {
    let data = try imported(NPYImporter.self, formats("numpy/pairs"), images: images, labels: "y_train")
    #expect(data.splits.count == 1)
    #expect(try #require(data.splits[.train]).followsFormula())
  }

  @Test func files() throws {
    let labels = formats("numpy/pairs/y_train.npy")
    for (images, labels) in [("x_train.npy", nil), ("packed.npy.gz", labels), ("x_train.npy", labels)] {
      let data = try imported(NPYImporter.self, formats("numpy/pairs/\(images)"), labels: labels)
      let samples = try #require(data.splits[.train])
      #expect(samples.labels == formulaClasses(5, of: 4))
      #expect(try samples.followsFormula())
    }
  }

  /// A file with holes takes no room on the disk, whatever it says is in it: a single image, labels of a megabyte each.
  @Test func filesOfHoles() throws {
    let folder = try TemporaryFolder()
    for (name, type, shape, count) in [
      ("x.npy", "|u1", "(1, 1048576, 1048576)", 1 << 40), ("y.npy", "<U262144", "(1048576,)", 1 << 40),
      ("i.npy", "<i8", "(137438953472,)", 1 << 40), ("small.npy", "|u1", "(1048576, 1, 1)", 1 << 20),
      ("many.npy", "|u1", "(137438953472, 1, 1)", 1 << 37),
    ] {
      let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
      let header = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
      try Data(header).write(to: URL(filePath: folder(name)))
      #expect(truncate(folder(name), off_t(header.count + count)) == 0)
    }
    expectImportError(["images of at most"], NPYImporter.self, folder("x.npy"), labels: folder("y.npy"))
    expectImportError(["at most", "labels"], NPYImporter.self, folder("small.npy"), labels: folder("y.npy"))
    expectImportError(["at most", "labels"], NPYImporter.self, folder("many.npy"), labels: folder("i.npy"))
  }

  /// Bytes, as in stores of h5py; NumPy takes all but 0 for true, and gave the expected order.
  @Test(
    arguments: [
      ("False", "(2, 2, 3)", [[1, 0, 1, 1, 0, 1], [0, 0, 1, 0, 1, 1]]),
      ("True", "(2, 2, 3)", [[1, 0, 1, 1, 0, 1], [0, 1, 0, 1, 0, 1]]),
      ("False", "(1, 3, 2, 2)", [[1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1]]),
    ] as [(String, String, [[UInt8]])]) func booleans(fortranOrder: String, shape: String, expected: [[UInt8]]) throws
  {
    let folder = try TemporaryFolder()
    func write(_ name: String, _ type: String, _ shape: String, _ order: String, _ bytes: [UInt8]) throws {
      let text = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
      let header = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
      try Data(header + bytes).write(to: URL(filePath: folder(name)))
    }
    try write("x.npy", "|b1", shape, fortranOrder, [1, 0, 255, 2, 0, 1, 0, 0, 128, 0, 1, 1])
    try write("y.npy", "|u1", "(\(expected.count),)", "False", [UInt8](repeating: 0, count: expected.count))
    let samples = try #require(
      try imported(NPYImporter.self, folder("x.npy"), labels: folder("y.npy")).splits[.train])
    for (index, pixels) in expected.enumerated() { #expect(try samples.bytes(index) == pixels) }
  }

  @Test func errors() {
    expectImportError(
      ["packed.npy.gz: expected a file of labels beside it; found none; name it by --labels"], NPYImporter.self,
      formats("numpy/pairs/packed.npy.gz"))
    expectImportError(["an array in NumPy's format"], NPYImporter.self, formats("numpy/pairs/notes.txt"))
    expectImportError(
      ["found 5 images"], NPYImporter.self, formats("numpy/pairs/x_train.npy"),
      labels: formats("numpy/pairs/y_test.npy"))
    expectImportError(["found no arrays"], NPYImporter.self, formats("csv"))
    expectImportError(["there is no such file"], NPYImporter.self, formats("numpy/none.npy"))
  }

  /// Bytes that are no UTF-8, and codes that are no characters.
  @Test(arguments: [("|S4", [0x63, 0x61, 0x66, 0xE9]), ("<U1", [0, 0xD8, 0, 0])] as [(String, [UInt8])])
  func namesThatAreNoText(type: String, bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    for (name, type, shape, data) in [("x", "|u1", "(1, 1, 1)", [7]), ("y", type, "(1,)", bytes)] {
      let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
      let start: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0, UInt8(header.utf8.count), 0]
      try Data(start + header.utf8 + data).write(to: URL(filePath: folder("\(name).npy")))
    }
    expectImportError(["y.npy", "names of classes in UTF-8", "numpy.char.decode"], NPYImporter.self, folder.path)
  }
}
