import Foundation
import Testing

@testable import Pictures

/// Reading files that may be pictures.
@Suite struct PictureFileTests {
  static func bytes(_ path: String) throws -> [UInt8] {
    try Picture.bytes(ofFile: path.utf8CString.map { $0 }, named: path)
  }

  static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pictures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path(percentEncoded: false))
  }

  @Test func wholePictures() throws {
    for name in ["rgb.png", "rgb.jpg", "rgb.bmp", "colours.gif"] {
      #expect(try Self.bytes(PictureTests.path(name)) == PictureTests.bytes(name))
    }
  }

  /// A large file of another kind is not read.
  @Test func onlyTheBeginningOfOthers() throws {
    try Self.withFolder { folder in
      let path = "\(folder)/film.mov"
      try Data("no picture, but a film".utf8).write(to: URL(filePath: path))
      try #require(truncate(path, 1 << 40) == 0)
      #expect(try Self.bytes(path) == Array("no picture, but a film".utf8) + [0, 0, 0, 0])
      try Data().write(to: URL(filePath: path))
      #expect(try Self.bytes(path) == [])
    }
  }

  /// A file that begins as a picture and claims a terabyte.
  @Test func tooLarge() throws {
    try Self.withFolder { folder in
      let path = "\(folder)/huge.bmp"
      try Data(PictureTests.bytes("rgb.bmp")).write(to: URL(filePath: path))
      try #require(truncate(path, 1 << 40) == 0)
      let error = try #require(throws: PictureError.self) { try Self.bytes(path) }
      #expect(error.kind == .tooLarge)
      #expect(
        error.description == "\(path): expected a file of at most 536870912 bytes, found 1099511627776; scale it down")
    }
  }

  /// Neither waits for a writer.
  @Test func noRegularFile() throws {
    try Self.withFolder { folder in
      try #require(mkfifo("\(folder)/pipe.png", 0o600) == 0)
      for path in ["\(folder)/pipe.png", folder, "/dev/zero"] {
        let error = try #require(throws: PictureError.self) { try Self.bytes(path) }
        #expect(error.kind == .unreadable && error.description.hasSuffix("it is not a regular file"))
      }
      #expect(throws: PictureError.self) { try Self.bytes("\(folder)/none.png") }
    }
  }
}
