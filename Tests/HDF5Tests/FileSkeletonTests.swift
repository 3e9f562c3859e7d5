import Foundation
import HDF5
import Testing

@Suite struct FileSkeletonTests {
  /// A skeleton and the places of its two datasets.
  struct Store: ~Copyable {
    let skeleton: FileSkeleton
    let images: Int
    let labels: Int
  }

  private func store(rows: Int) throws -> Store {
    let skeleton = try FileSkeleton(name: "skeleton")
    try skeleton.file.writeAttribute("format", "test", of: "/")
    let images = try skeleton.reserve(UInt8.self, shape: [rows, 3], at: "/train/images")
    let labels = try skeleton.reserve(Int32.self, shape: [rows], at: "/train/labels")
    try skeleton.file.writeAttribute("names", ["a", "ü"], of: "/train/labels")
    return Store(skeleton: skeleton, images: images, labels: labels)
  }

  private func bytes(of skeleton: borrowing FileSkeleton) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: try skeleton.byteCount)
    for piece in try skeleton.pieces() {
      bytes.replaceSubrange(piece.offset..<piece.offset + piece.bytes.count, with: piece.bytes)
    }
    return bytes
  }

  /// 70,000 rows make datasets that begin at a page of their own.
  @Test(arguments: [1, 2, 5, 70_000]) func bytesPutIntoPlaceAreRead(rows: Int) throws {
    let store = try store(rows: rows)
    let (images, labels) = (store.images, store.labels)
    var bytes = try bytes(of: store.skeleton)
    let pixels = (0..<rows * 3).map { UInt8($0 % 251) }
    let classes = (0..<rows).map { Int32($0 - 1) }
    bytes.replaceSubrange(images..<images + pixels.count, with: pixels)
    bytes.replaceSubrange(labels..<labels + rows * 4, with: classes.withUnsafeBytes { Array($0) })

    let file = try File(image: bytes, name: "file")
    #expect(try file.attribute("format", of: "/", as: String.self) == "test")
    #expect(try file.attribute("names", of: "/train/labels", as: [String].self) == ["a", "ü"])
    let stored = try file.dataset(at: "/train/images")
    #expect(stored.shape == [rows, 3])
    #expect(stored.chunkShape == nil)
    #expect(try stored.values(as: UInt8.self) == pixels)
    #expect(try file.dataset(at: "/train/labels").values(as: Int32.self) == classes)
    if rows == 70_000 { #expect(images % 4096 == 0 && labels % 4096 == 0) }
  }

  @Test func theSameCallsGiveTheSameBytes() throws {
    let bytesOfBoth = try (0..<2).map { _ in
      let store = try store(rows: 100)
      return try bytes(of: store.skeleton)
    }
    #expect(bytesOfBoth[0] == bytesOfBoth[1])
  }

  /// A hundred terabytes take a few pages.
  @Test func sizeTakesNoMemory() throws {
    let rows = 1 << 45
    let store = try store(rows: rows)
    let byteCount = try store.skeleton.byteCount
    #expect(byteCount >= rows * 7)
    let distance = abs(store.labels - store.images)
    #expect(distance >= rows * 3)
    let metadata = try store.skeleton.pieces().reduce(0) { $0 + $1.bytes.count }
    #expect(1..<100_000 ~= metadata)
  }

  @Test(arguments: [[0, 3], [Int.max, 3], [-1, 3]]) func shapesOfNothingAndOfTooMuch(shape: [Int]) throws {
    #expect(throws: HDF5Error.self) {
      let skeleton = try FileSkeleton(name: "skeleton")
      _ = try skeleton.reserve(UInt8.self, shape: shape, at: "/images")
    }
  }
}
