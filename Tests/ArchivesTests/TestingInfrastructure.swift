import Foundation

@testable import Archives

/// The path of a file that Fixtures/make_archives.py wrote.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path(percentEncoded: false)
}

/// The bytes of such a file.
func fixtureBytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: fixture(name)))) }

/// What is in all of them.
let content = (0..<5000).map { UInt8(7 * $0 % 251) }

/// Runs `body` with the path of a file of these bytes, which is removed afterwards.
func withFile<Result>(_ bytes: some Sequence<UInt8>, _ body: (String) throws -> Result) throws -> Result {
  let path = FileManager.default.temporaryDirectory.appending(path: "archives-\(UUID().uuidString)")
  try Data(bytes).write(to: path)
  defer { try? FileManager.default.removeItem(at: path) }
  return try body(path.path(percentEncoded: false))
}

extension ByteStream {
  /// All that is left, in pieces of an odd size.
  func rest() throws -> [UInt8] {
    var bytes: [UInt8] = []
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 777, alignment: 1)
    defer { room.deallocate() }
    while true {
      let count = try read(into: room)
      bytes += room[..<count]
      if count == 0 { return bytes }
    }
  }
}
