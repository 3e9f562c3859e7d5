import HDF5
import Testing

/// Texts of variable length, which lie in a heap that is read here and not by libhdf5.
@Suite struct GlobalHeapTests {
  @Test func textsAreReadBeforeAndAfterWriting() throws {
    let texts = ["", "a", "grün", String(repeating: "long ", count: 2_000)]
    let file = try File.inMemory()
    try file.writeAttribute("texts", texts, of: "/")
    #expect(try file.attribute("texts", of: "/", as: [String].self) == texts)
    let copy = try File(image: file.image(), name: "copy")
    #expect(try copy.attribute("texts", of: "/", as: [String].self) == texts)
  }

  /// Where libhdf5 would copy beyond its memory, or never end.
  @Test func damageIsFound() throws {
    let whole = try image { try $0.writeAttribute("texts", ["one", "two"], of: "/") }
    let heap = try #require(whole.indices.first { whole[$0...].starts(with: Array("GCOL".utf8)) })
    func read(_ damage: (inout [UInt8]) -> Void) throws {
      var bytes = whole
      damage(&bytes)
      _ = try File(image: bytes, name: "image").attribute("texts", of: "/", as: [String].self)
    }
    try read { _ in }
    expectError(.refused, "texts is damaged: there is no collection") { try read { $0[heap] = 0 } }
    // The size of the first object, and that of the collection.
    expectError(.refused, "an object of") { try read { $0[heap + 16 + 8 + 7] = 0x7F } }
    expectError(.refused, "no text 1 of 3 bytes") { try read { $0[heap + 16 + 8] = 1 } }
    expectError(.refused, "damaged") { try read { $0[heap + 8 + 5] = 1 } }
  }
}
