import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct IDXImporterTests {
  @Test func folder() throws {
    let data = try imported(IDXImporter.self, formats("idx"))
    #expect(data.splits.keys.sorted { $0.rawValue < $1.rawValue } == [.test, .train])
    let train = try #require(data.splits[.train])
    #expect(train.imageShape == [5, 4, 1] && train.labels == formulaClasses(6, of: 10))
    #expect(try train.followsFormula())
    let test = try #require(data.splits[.test])
    #expect(test.labels == formulaClasses(3, of: 10, from: 100))
    #expect(try test.followsFormula(from: 100))
    #expect(data.classNames.isEmpty && data.skipped.isEmpty)
  }

  @Test func prefixesOfEMNIST() throws {
    let data = try imported(IDXImporter.self, formats("emnist") + "/")
    let train = try #require(data.splits[.train])
    #expect(train.labels == formulaClasses(4, of: 26))
    #expect(try train.followsFormula())
    #expect(try #require(data.splits[.test]).followsFormula(from: 100))
  }

  /// What is not divided is to train with, whatever it is called; the labels are beside it, or named.
  @Test func oneFile() throws {
    let images = formats("idx/t10k-images.idx3-ubyte")
    for labels in [nil, formats("idx/t10k-labels.idx1-ubyte")] {
      let data = try imported(IDXImporter.self, images, labels: labels)
      #expect(data.splits.count == 1)
      #expect(try #require(data.splits[.train]).followsFormula(from: 100))
    }
    expectImportError(
      ["a label for each image of t10k-images.idx3-ubyte, which has shape [3, 5, 4]", "found shape [6]"],
      IDXImporter.self, images, labels: formats("idx/train-labels-idx1-ubyte.gz"))
  }

  @Test func plainAndCompressedFileOfOneName() throws {
    let folder = try TemporaryFolder()
    for name in ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"] {
      try FileManager.default.copyItem(atPath: formats("idx/\(name)"), toPath: folder(name))
    }
    try FileManager.default.copyItem(
      atPath: formats("idx-types/uint8-images-idx4-ubyte"), toPath: folder("train-images-idx3-ubyte"))
    try FileManager.default.copyItem(
      atPath: formats("idx-types/uint8-labels-idx1-int"), toPath: folder("train-labels-idx1-ubyte"))
    #expect(try imported(IDXImporter.self, folder.path).splits[.train]?.imageShape == [3, 4, 3])
  }

  @Test(
    arguments: [
      ("uint8-images-idx4-ubyte", 1, 0), ("int8-images-idx4-byte", 1, -128), ("int16-images-idx4-short", 100, -9000),
      ("int32-images-idx4-int", 1000, -90000), ("float32-images-idx4-float", 0.125, -3),
      ("float64-images-idx4-double", 0.125, -3),
    ] as [(String, Float, Float)]) func types(name: String, scale: Float, shift: Float) throws
  {
    let samples = try #require(try imported(IDXImporter.self, formats("idx-types/\(name)")).splits[.train])
    #expect(samples.imageShape == [3, 4, 3] && samples.labels == formulaClasses(4, of: 10))
    for index in 0..<4 {
      let pixels = formulaPixels(index, 3, 4, 3)
      if scale == 1 && shift == 0 {
        #expect(try samples.bytes(index) == pixels)
      } else {
        #expect(try samples.floats(index) == pixels.map { Float($0) * scale + shift })
      }
    }
  }

  @Test func errors() throws {
    for (name, words) in [
      ("petabyte-images-idx3-ubyte.gz", ["expected 1125899906842624 bytes by its header", "holds at most"]),
      ("overflow-images-idx4-ubyte", ["a shape that a file can hold"]),
      ("other-images-idx3-ubyte", ["which has shape [4, 3, 3]", "found shape [5]"]),
      ("empty-images-idx3-ubyte", ["at least one"]), ("twice-images-idx3-ubyte.gz", ["found the bytes 1f8b"]),
      ("none-images-idx3-ubyte", ["there is no such file"]),
    ] {
      expectImportError([name.split(separator: "-")[0] + "-"] + words, IDXImporter.self, formats("idx-wrong/\(name)"))
    }
    expectImportError(
      [
        "one file of images for train", "float32-images-idx4-float and float64-images-idx4-double",
        "instead of the folder",
      ], IDXImporter.self,
      formats("idx-types"))
    expectImportError(["files such as train-images", "found only digits.csv.gz"], IDXImporter.self, formats("csv"))
    expectImportError(["by --size", "found 5×4"], IDXImporter.self, formats("idx"), size: (4, 5))
  }

  /// A file of another length than its header says, plain or compressed, from wherever it is cut.
  @Test func lengths() throws {
    let folder = try TemporaryFolder()
    for name in ["train-images-idx3-ubyte.gz", "t10k-images.idx3-ubyte"] {
      let labels = formats(
        name.hasPrefix("t") && name.hasSuffix("gz") ? "idx/train-labels-idx1-ubyte.gz" : "idx/t10k-labels.idx1-ubyte")
      let bytes = try Data(contentsOf: URL(filePath: formats("idx/\(name)")))
      for count in 0..<bytes.count {
        try bytes.prefix(count).write(to: URL(filePath: folder(name)))
        expectImportError([folder(name)], IDXImporter.self, folder(name), labels: labels)
      }
      try (bytes + [1]).write(to: URL(filePath: folder(name)))
      expectImportError([folder(name)], IDXImporter.self, folder(name), labels: labels)
    }
  }

  /// As Kaggle packs MNIST: files with a dot beside folders of the names with a hyphen, in which the same files lie.
  @Test(arguments: [true, false]) func besideFolders(hasFiles: Bool) throws {
    let folder = try TemporaryFolder()
    for (name, source) in [
      ("images", "idx-types/uint8-images-idx4-ubyte"), ("labels", "idx-types/uint8-labels-idx1-int"),
    ] {
      let (dot, hyphen) = ("train-\(name).idx3-ubyte", "train-\(name)-idx3-ubyte")
      try FileManager.default.createDirectory(atPath: folder(hyphen), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: formats(source), toPath: folder("\(hyphen)/\(hyphen)"))
      if hasFiles { try FileManager.default.copyItem(atPath: formats(source), toPath: folder(dot)) }
    }
    let sources = hasFiles ? [folder.path, folder("train-images.idx3-ubyte")] : [folder.path]
    for source in sources {
      #expect(try imported(IDXImporter.self, source).splits[.train]?.labels == formulaClasses(4, of: 10))
    }
  }
}
