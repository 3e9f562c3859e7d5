import Foundation
import Testing

@testable import HDF5

@Suite(.serialized) struct ReservedFileTests {
  /// Runs `body` with a new folder, and the path of a file in it that is not there.
  private func withFolder(_ body: (_ folder: String, _ path: String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reserved-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder, "\(folder)/store.h5")
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private func write(_ text: String, at offset: Int, _ file: ReservedFile) throws {
    try Array(text.utf8).withUnsafeBytes { try file.write($0, at: offset) }
  }

  @Test(arguments: [false, true]) func appearsWhenItIsWhole(named: Bool) throws {
    try withFolder { folder, path in
      let file = try ReservedFile(path: path, byteCount: 10, replacing: false, named: named)
      try write("56789", at: 5, file)
      #expect(!FileManager.default.fileExists(atPath: path))
      try write("01234", at: 0, file)
      var bytes = [UInt8](repeating: 0, count: 4)
      try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 3) }
      #expect(bytes == Array("3456".utf8))
      try file.publish()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "0123456789")
      _ = consume file
      #expect(try names(folder) == ["store.h5"])
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.referenceCount] as? Int == 1)
    }
  }

  @Test(arguments: [false, true]) func nothingIsLeftOfAnUnfinishedFile(named: Bool) throws {
    try withFolder { folder, path in
      do {
        let file = try ReservedFile(path: path, byteCount: 1 << 20, replacing: false, named: named)
        try write("begun", at: 0, file)
        #expect(try names(folder).isEmpty == !named)
      }
      #expect(try names(folder) == [])
    }
  }

  @Test(arguments: [false, true]) func replacesOnlyWhenAsked(named: Bool) throws {
    try withFolder { folder, path in
      try Data("old".utf8).write(to: URL(filePath: path))
      #expect {
        _ = try ReservedFile(path: path, byteCount: 3, replacing: false, named: named)
      } throws: { error in
        (error as? FileWriteError)?.errno == EEXIST
      }
      let file = try ReservedFile(path: path, byteCount: 3, replacing: true, named: named)
      try write("new", at: 0, file)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      try file.publish()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
      #expect(try names(folder) == ["store.h5"])
    }
  }

  @Test(arguments: [false, true]) func whatAppearsMeanwhileIsKept(named: Bool) throws {
    try withFolder { folder, path in
      do {
        let file = try ReservedFile(path: path, byteCount: 3, replacing: false, named: named)
        try Data("other".utf8).write(to: URL(filePath: path))
        #expect(throws: FileWriteError.self) { try file.publish() }
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "other")
      #expect(try names(folder) == ["store.h5"])
    }
  }

  @Test(arguments: [false, true]) func moreThanTheDiskHolds(named: Bool) throws {
    try withFolder { folder, path in
      #expect {
        _ = try ReservedFile(path: path, byteCount: 1 << 50, replacing: false, named: named)
      } throws: { error in
        guard let error = error as? FileWriteError else { return false }
        return error.byteCount == 1 << 50 && error.errno == ENOSPC && (error.freeByteCount ?? 0) > 0
      }
      let left = try names(folder)
      #expect(left == [])
    }
  }

  @Test func folderThatIsNotThere() {
    #expect(throws: FileWriteError.self) {
      _ = try ReservedFile(path: "/no/such/folder/store.h5", byteCount: 3, replacing: false)
    }
  }
}
