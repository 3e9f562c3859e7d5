import Archives
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct CIFARImporterTests {
  private static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  private func check(_ data: ImportedDataset) throws {
    #expect(data.classNames == Self.classNames)
    let train = try #require(data.splits[.train])
    #expect(train.imageShape == [32, 32, 3] && train.labels == formulaClasses(10, of: 10))
    #expect(try train.followsFormula())
    let test = try #require(data.splits[.test])
    #expect(test.labels == formulaClasses(3, of: 10, from: 100))
    #expect(try test.followsFormula(from: 100))
  }

  @Test(arguments: ["cifar-10-binary.tar.gz", "cifar 10 mit Ümlaut.tar.xz"]) func archive(name: String) throws {
    try check(imported(CIFAR10Importer.self, formats("cifar/\(name)")))
  }

  @Test func folder() throws {
    let folder = try TemporaryFolder()
    let inner = folder("cifar-10-batches-bin")
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    let archive = try Archive(opening: formats("cifar/cifar-10-binary.tar.gz"), as: .tar)
    while let entry = try archive.next() {
      let source = try archive.take(#require(entry.size))
      try Data(source.bytes(0..<source.count)).write(to: URL(filePath: folder(entry.name)))
    }
    try check(imported(CIFAR10Importer.self, inner))
    try check(imported(CIFAR10Importer.self, folder.path))
    try FileManager.default.removeItem(atPath: "\(inner)/data_batch_4.bin")
    expectImportError(["expected data_batch_4.bin; found only batches.meta.txt"], CIFAR10Importer.self, inner)
  }

  @Test(arguments: [("fine", 100), ("coarse", 20)]) func hundred(labels: String, classes: Int) throws {
    let data = try imported(CIFAR100Importer.self, formats("cifar/cifar-100-binary.tar.gz"), labels: labels)
    #expect(data.classNames == (0..<classes).map { "\(labels) \($0)" })
    let train = try #require(data.splits[.train])
    #expect(train.labels == formulaClasses(5, of: classes))
    #expect(try train.followsFormula())
    #expect(try #require(data.splits[.test]).followsFormula(from: 100))
  }

  @Test func errors() {
    expectImportError(
      ["found the version for Python", "get the binary version, cifar-10-binary.tar.gz"], CIFAR10Importer.self,
      formats("cifar/cifar-10-python.tar.gz"))
    expectImportError(
      ["data_batch_3.bin", "classes from 0 to 9", "found 25 in sample 0"], CIFAR10Importer.self,
      formats("cifar/class-25.tar.gz"))
    expectImportError(
      ["data_batch_3.bin", "samples of 3073 bytes each", "found 6145 bytes"], CIFAR10Importer.self,
      formats("cifar/short.tar.gz"))
    expectImportError(["expected train.bin, test.bin"], CIFAR100Importer.self, formats("cifar/cifar-10-binary.tar.gz"))
    expectImportError(
      ["--labels fine or coarse", "found medium"], CIFAR100Importer.self, formats("cifar/cifar-100-binary.tar.gz"),
      labels: "medium")
    expectImportError(["of another kind"], CIFAR10Importer.self, formats("numpy/mnist.npz"))
    expectImportError(["there is no such file"], CIFAR10Importer.self, formats("cifar/none.tar.gz"))
  }
}
