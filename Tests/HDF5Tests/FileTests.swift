import Foundation
import HDF5
import Testing

@Suite struct FileTests {
  @Test func pathsAreFollowed() throws {
    let file = try File.inMemory()
    try file.createGroup("/b/inner")
    try file.write([UInt8(1)], shape: [1], to: "/b/data")
    try file.createGroup("/a")
    try file.createGroup("/ä")
    #expect(try file.kind(of: "/") == .group)
    #expect(try file.kind(of: "/b/inner") == .group)
    #expect(try file.kind(of: "/b/data") == .dataset)
    #expect(try file.kind(of: "/b/data/deeper") == .missing)
    #expect(try file.kind(of: "/c/d") == .missing)
    #expect(try file.exists("/b/data"))
    #expect(try !file.exists("/B"))
    #expect(try file.children(of: "/") == ["a", "b", "ä"])
    #expect(try file.children(of: "/b") == ["data", "inner"])
    #expect(try file.children(of: "/a") == [])
  }

  @Test func softLinksStayInTheFile() throws {
    let file = try File(opening: fixture("layouts.h5"))
    #expect(try file.kind(of: "/soft") == .dataset)
    #expect(try file.kind(of: "/dangling") == .missing)
  }

  @Test func linksToOtherFilesAreRefused() throws {
    let path = fixture("hostile.h5")
    let file = try File(opening: path)
    for external in ["/external", "/external_group/inner"] {
      expectError(.refused, path, external, "link to another file") { _ = try file.dataset(at: external) }
      expectError(.refused, external) { _ = try file.exists(external) }
      expectError(.refused, external) { _ = try file.hasAttribute("x", of: external) }
    }
    for soft in ["/soft_to_external", "/soft_through_external"] {
      expectError(.failed, path, soft) { _ = try file.dataset(at: soft) }
    }
  }

  @Test func errorsNameFileAndObject() throws {
    try withTemporaryFolder { folder in
      let missing = "\(folder)/missing.h5"
      expectError(.fileNotFound, missing, "open file", "No such file or directory") { _ = try File(opening: missing) }
      expectError(.failed, folder, "open file: a folder") { _ = try File(opening: folder) }
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      expectError(.failed, "pipe", "open file: a pipe or a device") { _ = try File(opening: "\(folder)/pipe") }

      let text = "\(folder)/text.h5"
      try AtomicFile.write(Array("not an HDF5 file".utf8), to: text)
      expectError(.notHDF5, text, "unable to open file", "signature not found") { _ = try File(opening: text) }
      try AtomicFile.write([], to: text)
      expectError(.notHDF5, text) { _ = try File(opening: text) }

      let whole = try image { try $0.write([Float](repeating: 1, count: 10_000), shape: [100, 100], to: "/x/y") }
      let truncated = "\(folder)/truncated.h5"
      try AtomicFile.write(Array(whole.prefix(20_000)), to: truncated)
      expectError(.truncated, truncated, "truncated file") { _ = try File(opening: truncated) }
      expectError(.truncated, "image", "truncated file") { _ = try File(image: Array(whole.dropLast()), name: "image") }

      let path = "\(folder)/whole.h5"
      try AtomicFile.write(whole, to: path)
      let file = try File(opening: path)
      expectError(.objectNotFound, path, "open dataset /x/z", "no object") { _ = try file.dataset(at: "/x/z") }
      expectError(.mismatch, path, "open dataset /x", "not a dataset") { _ = try file.dataset(at: "/x") }
      expectError(.mismatch, path, "list group /x/y", "not a group") { _ = try file.children(of: "/x/y") }
      expectError(.failed, path, "create group /new") { try file.createGroup("/new") }
    }
  }

  @Test func writingIsChecked() throws {
    let file = try File.inMemory(name: "new file")
    expectError(.mismatch, "new file", "/x", "3 elements for the shape [2, 2]") {
      try file.write([1.0, 2, 3], shape: [2, 2], to: "/x")
    }
    expectError(.mismatch, "chunks of [2]") { try file.write([1.0, 2], shape: [1, 2], to: "/x", chunks: [2]) }
    try file.write([1.0], shape: [1], to: "/x")
    expectError(.failed, "new file", "write dataset /x", "exists") { try file.write([1.0], shape: [1], to: "/x") }
  }

  /// Files in memory of one name are different files, and are open side by side.
  @Test func imagesAreIndependent() throws {
    let first = try File(image: image { try $0.writeAttribute("n", 1, of: "/") }, name: "image")
    let second = try File(image: image { try $0.writeAttribute("n", 2, of: "/") }, name: "image")
    #expect(try first.attribute("n", of: "/") == 1)
    #expect(try second.attribute("n", of: "/") == 2)
    #expect(!FileManager.default.fileExists(atPath: "image"))
  }

  @Test func theSameCallsGiveTheSameBytes() throws {
    func build() throws -> [UInt8] {
      try image { file in
        try file.createGroup("/group/inner")
        try file.write(Array(Int32(0)..<100), shape: [10, 10], to: "/group/data")
        try file.write(Array(Int32(0)..<100), shape: [10, 10], to: "/intermediate/chunked", chunks: [3, 10])
        try file.writeAttribute("text", "some text", of: "/group")
        try file.writeAttribute("texts", ["a", "b"], of: "/group/data")
        try file.writeEmptyAttribute("empty", of: "/")
      }
    }
    let first = try build()
    Thread.sleep(forTimeInterval: 1.1)  // times in HDF5 files count seconds
    #expect(try build() == first)
  }

  @Test func imagesEqualFilesOnDisk() throws {
    try withTemporaryFolder { folder in
      let bytes = try image { try $0.write([1.0, 2.0], shape: [2], to: "/x") }
      try AtomicFile.write(bytes, to: "\(folder)/file.h5")
      let file = try File(opening: "\(folder)/file.h5")
      #expect(try file.image() == bytes)
      #expect(try file.byteCount == bytes.count)
      #expect(try file.dataset(at: "/x").values() == [1.0, 2.0])
    }
  }
}
