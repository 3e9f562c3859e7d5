import Testing

@testable import Datasets

@Suite struct StoreInspectionTests {
  @Test func theTree() throws {
    let tree = try StoreTree(of: foreignStore("camelyonpatch_level_2_split_train_x.h5"))
    let images = try #require(tree.entries.first { $0.path == "/x" })
    #expect(images.type == "uint8" && images.shape == [12, 6, 5, 3] && images.chunks == [2, 6, 5, 3])
    #expect(images.filters == ["deflate"])
    let forms = try StoreTree(of: foreignStore("forms.h5")).entries
    #expect(forms.first { $0.path == "/big_endian/x" }?.type == "uint16 big-endian")
    #expect(forms.first { $0.path == "/bool/x" }?.type == "bool")
    #expect(forms.first { $0.path == "/strings/y" }?.type == "string")
    let root = try #require(try StoreTree(of: foreignStore("groups.h5")).entries.first)
    #expect(root.attributes == ["class_names = [\"cat\", \"dog\", \"eel\"]"])
  }

  /// The numbers were taken with h5py and NumPy.
  @Test func whatTrainingWouldMakeOfIt() throws {
    let digits = try StoreInspection(of: ImageStore(opening: dataset("digits.h5")), pixels: true)
    let train = try #require(digits.parts.first)
    #expect(train.count == 1_437 && train.byteCount == 1_437 * 64 && train.storage == "uint8")
    #expect(train.classCounts.reduce(0, +) == 1_437)
    #expect(train.pixels?.minimum == 0 && train.pixels?.maximum == 16)
    #expect(train.pixels?.mean == 449_247.0 / (1_437 * 64))
    #expect(digits.hints.isEmpty)

    let caffe = try StoreInspection(of: ImageStore(opening: foreignStore("caffe.h5")), pixels: true)
    #expect(caffe.parts.first?.images.hasSuffix("caffe.h5:/data:NCHW") == true)
    #expect(caffe.parts.first?.pixels?.maximum == 250.0 / 256)
    #expect(caffe.parts.first?.classCounts == [4, 4, 4])
    #expect(caffe.hints.contains { $0.contains("--validation-fraction") })

    let patches = try StoreInspection(
      of: ImageStore(opening: foreignStore("camelyonpatch_level_2_split_train_x.h5")), pixels: false)
    #expect(patches.parts.map(\.split) == ["train", "validation", "test"])
    #expect(patches.parts.allSatisfy { $0.pixels == nil })
    #expect(patches.hints.contains { $0.contains("compressed") && $0.contains("h5repack") })
  }

  @Test func samplesSortedByClass() throws {
    let store = try openStore { file in
      try writeHeader(file)
      try file.write([UInt8](repeating: 9, count: 6), shape: [6, 1, 1, 1], to: "/train/images")
      try file.write([0, 0, 1, 1, 3, 3] as [Int32], shape: [6], to: "/train/labels")
    }
    let hints = try StoreInspection(of: store, pixels: true).hints
    #expect(hints.contains { $0.contains("sorted by class") })
    #expect(hints.contains { $0.contains("1 of 4 classes have no sample in train, the first is class 2") })
  }
}
