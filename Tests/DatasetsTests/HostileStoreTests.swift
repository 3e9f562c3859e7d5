import HDF5
import Testing

@testable import Datasets

/// Files that must not be followed, or cannot be trained from.
@Suite struct HostileStoreTests {
  private let path = foreignStore("hostile.h5")

  private func open(_ name: String) throws -> ImageStore {
    try ImageStore(opening: StoreSelection(path, images: "/\(name)/x", labels: "/\(name)/y"))
  }

  @Test(arguments: [
    ("outside", "external file"), ("virtual", "virtual dataset"), ("lzf", "filter 32000"),
    ("huge", "chunks were written"),
    ("none", "at least one sample"), ("flat", "at least one sample"), ("compound", "found compound"),
    ("reference", "found reference"), ("text", "found string"), ("negative", "found -1 at index 2"),
    ("nan", "found nan as value 1"), ("too_few", "found 2 labels"),
  ]) func pairs(name: String, words: String) {
    expectDatasetError(path, "/\(name)/", words) { _ = try open(name) }
  }

  @Test func groupsAndLinks() {
    expectDatasetError("/group/x: expected a dataset; found none") { _ = try open("group") }
    for link in ["/round", "/there"] {
      expectDatasetError("\(link): expected a dataset of numbers; found special link traversal failed: too many links")
      {
        _ = try ImageStore(opening: StoreSelection(path, images: link, labels: "/nan/y"))
      }
    }
    for link in ["/elsewhere", "/elsewhere/x", "/deep/again/again/nowhere"] {
      expectDatasetError("\(link): expected a dataset; found none") {
        _ = try ImageStore(opening: StoreSelection(path, images: link, labels: "/nan/y"))
      }
    }
  }

  @Test func pixelsThatAreNoNumbers() throws {
    let store = try open("not_finite")
    expectDatasetError("/not_finite/x: expected finite numbers; found nan in sample 2") {
      _ = try StoredSamples(of: store, split: .train, range: 0..<4)
    }
    expectDatasetError("found nan in sample 2") { _ = try PixelStatistics(of: store, split: .train) }
  }

  /// The tree ends although groups lead to themselves, and names what is not followed.
  @Test func theTreeEnds() throws {
    let tree = try StoreTree(of: path)
    let notes = Dictionary(uniqueKeysWithValues: tree.entries.map { ($0.path, $0.note) })
    #expect(notes["/deep/again"] == "the same group as /deep")
    #expect(notes["/round"] == "soft link to /round")
    #expect(notes["/elsewhere"] == "link to another file, not followed")
    #expect(notes["/virtual/x"]??.contains("virtual dataset") == true)
    #expect(notes["/nan/x"] == .some(nil))
    #expect(!tree.isCut)
    let cut = try StoreTree(of: path, limit: 5)
    #expect(cut.entries.count == 5 && cut.isCut)
  }
}
