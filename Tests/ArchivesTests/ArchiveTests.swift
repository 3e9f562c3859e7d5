import Foundation
import Testing

@testable import Archives

@Suite struct ArchiveTests {
  static let archives: [(String, Archive.Format)] = [
    ("files.tar", .tar), ("files.tar.gz", .tar), ("files.tar.xz", .tar), ("files.tar.bz2", .tar), ("stored.zip", .zip),
    ("deflated.zip", .zip),
  ]

  /// The files in order, those that stand for nothing on a disk left out, in whatever locale the tests run.
  private func files(in path: String, _ format: Archive.Format) throws -> [String: [UInt8]] {
    let archive = try Archive(opening: path, as: format)
    var files: [String: [UInt8]] = [:]
    while let entry = try archive.next() {
      files[entry.name] = try archive.rest()
    }
    return files
  }

  private static let expected = [
    "first.bin": content, "ordner mit Ümlaut/zweite 十.bin": Array(content[..<1000]), "empty.bin": [],
  ]

  @Test(arguments: archives) func everyFile(name: String, format: Archive.Format) throws {
    #expect(try files(in: fixture(name), format) == Self.expected)
  }

  @Test(arguments: archives) func passesOver(name: String, format: Archive.Format) throws {
    let archive = try Archive(opening: fixture(name), as: format)
    var names: [String] = []
    while let entry = try archive.next() { names.append(entry.name) }
    #expect(names.sorted() == Self.expected.keys.sorted())
  }

  /// Whatever is cut off: an error, or what is there to the byte.
  ///
  /// A .tar without its end loses its last files at most.
  @Test(arguments: archives) func truncated(name: String, format: Archive.Format) throws {
    let bytes = try fixtureBytes(name)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 100)) {
      do {
        let found = try withFile(bytes[..<count]) { try files(in: $0, format) }
        #expect(found.allSatisfy { Self.expected[$0.key] == $0.value }, "\(count) of \(bytes.count)")
        #expect(name.hasPrefix("files.tar"), "\(count) of \(bytes.count)")
      } catch let error as ArchiveError {
        #expect(error.kind == .broken, "\(error)")
      }
    }
  }

  /// Any byte may be wrong.
  ///
  /// Where there are check sums, no file comes out changed.
  @Test(arguments: archives) func anyByteWrong(name: String, format: Archive.Format) throws {
    let bytes = try fixtureBytes(name)
    for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 150)) {
      var wrong = bytes
      wrong[place] ^= UInt8(1 << (place % 8))
      do {
        let found = try withFile(wrong) { try files(in: $0, format) }
        guard name != "files.tar" else { continue }
        let known = found.filter { Self.expected.keys.contains($0.key) }
        #expect(known.allSatisfy { Self.expected[$0.key] == $0.value }, "byte \(place)")
      } catch let error as ArchiveError {
        #expect([.broken, .tooLarge].contains(error.kind), "\(error)")
      }
    }
  }

  @Test func otherFiles() throws {
    for (name, format) in [("plain.bin", Archive.Format.tar), ("files.tar", .zip), ("stored.zip", .tar)] {
      let error = try #require(throws: ArchiveError.self) { _ = try files(in: fixture(name), format) }
      #expect(error.kind == .broken && error.description.contains("of another kind"), "\(error)")
    }
    let missing = try #require(throws: ArchiveError.self) { _ = try Archive(opening: "/none.zip", as: .zip) }
    #expect(missing == ArchiveError(.missing, "/none.zip", "there is no such file; check the path"))
    let folder = try #require(throws: ArchiveError.self) { _ = try Archive(opening: "/", as: .tar) }
    #expect(folder.kind == .unreadable && folder.description.contains("found a folder"))
  }

  /// More than data of use is ever compressed: said by a header, or found behind the end.
  @Test(arguments: ["bomb.tar.bz2", "tail.tar.bz2"]) func bombs(name: String) throws {
    let error = try #require(throws: ArchiveError.self) { _ = try files(in: fixture(name), .tar) }
    #expect(error.kind == (name == "bomb.tar.bz2" ? .broken : .tooLarge), "\(error)")
  }

  /// The size in a header is 64 GB, in a file of 20 KB.
  @Test func sizesThatCannotBe() throws {
    var bytes = try fixtureBytes("files.tar")
    let place = try #require(bytes.firstRange(of: Array("first.bin".utf8))).lowerBound
    bytes.replaceSubrange(place + 124..<place + 136, with: Array("777777777777".utf8))
    let sum = bytes[place..<place + 512].enumerated().reduce(0) {
      $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element))
    }
    let octal = String(sum, radix: 8)
    bytes.replaceSubrange(
      place + 148..<place + 156, with: Array((String(repeating: "0", count: 6 - octal.count) + octal).utf8) + [0, 32])
    let error = try withFile(bytes) { path in
      try #require(throws: ArchiveError.self) { _ = try files(in: path, .tar) }
    }
    #expect(error.kind == .broken && error.description.contains("first.bin of 68719476735 bytes"), "\(error)")
  }
}
