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
}
