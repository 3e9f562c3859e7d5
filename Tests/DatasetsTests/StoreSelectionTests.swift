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
}
