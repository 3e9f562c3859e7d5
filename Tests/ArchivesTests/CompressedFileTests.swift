import Foundation
import Testing

@testable import Archives

@Suite struct CompressedFileTests {
  static let names = ["plain.bin", "one.gz", "two.gz", "one.xz", "one.bz2"]

  @Test(arguments: names) func decompresses(name: String) throws {
    #expect(try CompressedFile.stream(of: fixture(name)).rest() == content)
  }

  @Test(arguments: names) func takes(name: String) throws {
    let stream = try CompressedFile.stream(of: fixture(name))
    #expect(try stream.header(10) == Array(content[..<10]))
    let source = try stream.take(4990)
    try stream.expectEnd()
    #expect(source.count == 4990)
    #expect(source.isInMemory == (name != "plain.bin"))
    #expect(try source.bytes(7..<4990) == Array(content[17...]))
    #expect(try source.inMemory().bytes(0..<4990) == Array(content[10...]))
    #expect(try source.inMemory().isInMemory)
  }

  @Test(arguments: names) func takesNoMoreThanThereIs(name: String) throws {
    let stream = try CompressedFile.stream(of: fixture(name))
    let error = try #require(throws: ArchiveError.self) { try stream.take(5001) }
    #expect(error.kind == .broken && error.description.hasPrefix(fixture(name)), "\(error)")
    let early = try CompressedFile.stream(of: fixture(name))
    _ = try early.take(4999)
    let rest = try #require(throws: ArchiveError.self) { try early.expectEnd() }
    #expect(rest.kind == .broken && rest.description.contains("found more bytes"), "\(rest)")
  }

  /// A petabyte is refused before any memory is taken.
  @Test(arguments: names) func petabyte(name: String) throws {
    let error = try #require(throws: ArchiveError.self) { try CompressedFile.stream(of: fixture(name)).take(1 << 50) }
    #expect(error.kind == .broken, "\(error)")
  }

  /// The content, a part of two files in one, or an error; never anything else.
  @Test(arguments: names.dropFirst()) func truncated(name: String) throws {
    let bytes = try fixtureBytes(name)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 120)) {
      do {
        let found = try withFile(bytes[..<count]) { try CompressedFile.stream(of: $0).rest() }
        // One or two bytes are not yet known to be compressed.
        let isPart = name == "two.gz" && (found == Array(content[..<3000]) || found == content)
        #expect(isPart || found == Array(bytes[..<count]) && count < 6, "\(count) of \(bytes.count)")
      } catch let error as ArchiveError {
        #expect(error.kind == .broken, "\(error)")
      }
    }
  }

  /// All three have check sums.
  @Test(arguments: ["one.gz", "two.gz", "one.xz", "one.bz2"]) func anyByteWrong(name: String) throws {
    let bytes = try fixtureBytes(name)
    for place in stride(from: 6, to: bytes.count, by: max(1, bytes.count / 250)) {
      var wrong = bytes
      wrong[place] ^= UInt8(1 << (place % 8))
      do {
        let found = try withFile(wrong) { try CompressedFile.stream(of: $0).rest() }
        let isRight = found == content
        #expect(isRight, "byte \(place)")
      } catch let error as ArchiveError {
        #expect(error.kind == .broken, "\(error)")
      }
    }
  }

  @Test func checkSumOfGzip() throws {
    var bytes = try fixtureBytes("one.gz")
    bytes[bytes.count - 8] ^= 1
    let error = try withFile(bytes) { path in
      try #require(throws: ArchiveError.self) { _ = try CompressedFile.stream(of: path).rest() }
    }
    #expect(error.description.contains("incorrect data check"), "\(error)")
  }

  /// Not a signal, as it would be with a file that is mapped into memory.
  @Test func cutOffWhileRead() throws {
    try withFile(content) { path in
      let source = try ByteSource(file: path)
      #expect(truncate(path, 4096) == 0)
      #expect(try source.bytes(0..<4096) == Array(content[..<4096]))
      let error = try #require(throws: ArchiveError.self) { try source.bytes(4000..<4097) }
      #expect(error.kind == .broken && error.description.contains("cut off while it was read"), "\(error)")
    }
  }

  @Test func pipesAreNotWaitedFor() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let error = try #require(throws: ArchiveError.self) { try CompressedFile.stream(of: path) }
    #expect(error.kind == .unreadable && error.description.contains("a device or a pipe"), "\(error)")
  }
}
