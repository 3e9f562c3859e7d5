import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Folders whose names say which part of the data they hold.
@Suite struct PartFoldersTests {
  private static let picture = "birds/colour.png"

  private static func folder(_ paths: [String]) throws -> TemporaryFolder {
    try FolderImporterTests.folder(Dictionary(uniqueKeysWithValues: paths.map { ($0, picture) }))
  }

  private static func counts(_ folder: TemporaryFolder) throws -> [SplitName: Int] {
    let imported = try FolderImporterTests.read(folder.path)
    #expect(imported.classNames == ["cat", "dog"])
    return imported.splits.mapValues(\.count)
  }

  @Test(
    arguments: [
      ("train", .train, true), ("Training Set", .train, true), ("training_set", .train, true), ("trn", .train, true),
      ("train1", .train, true), ("trainData", .train, true), ("trainset", .train, true), ("train2017", .train, true),
      ("seg_train", .train, false), ("asl_alphabet_train", .train, false), ("dev", .validation, true),
      ("val", .validation, true), ("VALID", .validation, true), ("validation-images", .validation, true),
      ("eval", .validation, true), ("test_set", .test, true), ("testing", .test, true), ("tst", .test, true),
      ("hold-out", .test, true), ("holdout", .test, true), ("images_test", .test, true), ("test1", .test, true),
    ] as [(String, SplitName, Bool)]) func names(name: String, split: SplitName, isWhole: Bool)
  {
    #expect(PartName(name) == PartName(.split(split), isWhole: isWhole))
  }

  @Test func otherNames() {
    #expect(PartName("Unlabeled") == PartName(.unlabeled, isWhole: true))
    for name in ["cat", "trainer", "contest", "train_test", "strain", "valley", "", "7"] {
      #expect(PartName(name) == nil, "\(name)")
    }
  }

  @Test(arguments: [
    ("training_set", "test_set"), ("Training", "Testing"), ("seg_train", "seg_test"), ("chest xray train", "holdout"),
    ("trn", "tst"), ("train-images", "test-images"),
  ]) func pairs(train: String, test: String) throws {
    let folder = try Self.folder([
      "\(train)/cat/1.png", "\(train)/dog/1.png", "\(test)/cat/1.png", "\(test)/dog/1.png", "\(test)/dog/2.png",
    ])
    #expect(try Self.counts(folder) == [.train: 2, .test: 3])
  }

  /// Classes may have the words of parts in their names.
  @Test func classesOfSuchNames() throws {
    let trains = try Self.folder(["steam_train/1.png", "test_tube/1.png", "deep/er/1.png"])
    #expect(try FolderImporterTests.read(trains.path).classNames == ["deep", "steam_train", "test_tube"])
  }

  /// Archives are unpacked into folders of their own, and into folders of the parts' names.
  @Test func foldersOfFolders() throws {
    #expect(try Self.counts(Self.folder(["a/b/cat/1.png", "a/b/dog/1.png", "__MACOSX/a/1.png"])) == [.train: 2])
    #expect(
      try Self.counts(Self.folder(["data/train/train/cat/1.png", "data/train/train/dog/1.png", "data/test/cat/1.png"]))
        == [.train: 2, .test: 1])
    // One class is one class.
    let one = try Self.folder(["cat/deep/1.png"])
    #expect(try FolderImporterTests.read(one.path).classNames == ["cat"])
  }

  @Test(arguments: [["train", "test"], ["cat", "dog"]]) func withoutLabels(beside: [String]) throws {
    let isOfParts = beside[0] == "train"
    let paths = beside.flatMap { name in isOfParts ? ["\(name)/cat/1.png", "\(name)/dog/1.png"] : ["\(name)/1.png"] }
    let folder = try Self.folder(paths + ["unlabeled/1.png"])
    #expect(try Self.counts(folder) == (isOfParts ? [.train: 2, .test: 2] : [.train: 2]))
    #expect(
      try FolderImporterTests.read(folder.path).skipped == ["\(folder("unlabeled")): pictures without labels"])
  }

  /// Two levels of folders, either of which could be the classes.
  @Test func unclear() throws {
    let folder = try Self.folder([
      "amazon/images/cat/1.png", "amazon/images/dog/1.png", "dslr/images/cat/1.png", "dslr/images/dog/1.png",
    ])
    let error = try FolderImporterTests.error(DatasetError.self, folder.path)
    #expect(
      error.found == "amazon, dslr, each with the same folders (cat, dog), of which either could be the classes"
        && error.advice.contains("import \(folder.path)/amazon alone"))
    // Folders that differ are pictures at some depth, as are single ones.
    let deep = try Self.folder(["cat/day/1.png", "cat/night/1.png", "dog/in/1.png", "dog/out/1.png"])
    #expect(try Self.counts(deep) == [.train: 4])
    let single = try Self.folder(["cat/images/1.png", "dog/images/1.png"])
    #expect(try Self.counts(single) == [.train: 2])
  }

  /// Pictures of 16 bits a value lose half of them, and it is said.
  @Test func deepPictures() throws {
    let folder = try Self.folder(["cat/1.png"])
    let deep =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABEAAAAABq7kcWAAAAC0lEQVR4nGPgXQMAAMkAumQ9cBcAAAAASUVORK5CYII="
    #expect(try FolderImporterTests.read(folder.path).notes.isEmpty)
    try #require(Data(base64Encoded: deep)).write(to: URL(filePath: folder("cat/2.png")))
    let notes = try FolderImporterTests.read(folder.path) { $0.size = (2, 2) }.notes
    #expect(
      notes.count == 1 && notes.first?.hasPrefix("1 picture of 16 bits a value, such as \(folder("cat/2.png"))") == true
    )
    #expect(notes.first?.contains("divided by 256") == true)
  }
}
