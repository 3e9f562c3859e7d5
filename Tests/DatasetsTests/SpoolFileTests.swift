import Foundation
import HDF5
import TestSupport
import Testing

@testable import Datasets

/// The file without a name.
@Suite struct SpoolFileTests {
  static func read(_ spool: SpoolFile, _ index: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 1, count: spool.bytesPerImage)
    try bytes.withUnsafeMutableBytes { try spool.read(index, into: $0) }
    return bytes
  }

  /// In any order, with places left out; nobody sees the file.
  @Test func writesAndReads() throws {
    let folder = try TemporaryFolder()
    let spool = try SpoolFile(in: folder.path, bytesPerImage: 3)
    for index in [7, 0, 100_000] { try spool.write([UInt8(index % 251), 2, 3], at: index) }
    #expect(try Self.read(spool, 100_000) == [UInt8(100_000 % 251), 2, 3])
    #expect(try Self.read(spool, 0) == [0, 2, 3] && Self.read(spool, 7) == [7, 2, 3])
    #expect(try Self.read(spool, 5) == [0, 0, 0])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  /// What was never written, behind the end.
  @Test func readsNothing() throws {
    let spool = try SpoolFile(in: nil, bytesPerImage: 3)
    let error = try #require(throws: FileWriteError.self) { try Self.read(spool, 0) }
    #expect(error.operation == "read back" && error.errno == EIO)
  }
}
