import Foundation
import HDF5
import Testing

@Suite struct AtomicFileTests {
  @Test func replacesAFileAndLeavesNothingElse() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file.bin"
      for bytes in [[UInt8](repeating: 7, count: 3_000_000), [1, 2, 3], []] {
        try AtomicFile.write(bytes, to: path)
        #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file.bin"])
    }
  }

  /// An accent at the beginning of a name makes one character with the slash before it.
  @Test func namesThatBeginWithAnAccent() throws {
    try withTemporaryFolder { folder in
      #expect(mkdir("\(folder)/\u{301}a", 0o777) == 0)
      try AtomicFile.write([1], to: "\(folder)/\u{301}a/\u{302}b")
      #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(folder)/\u{301}a/\u{302}b"))) == [1])
      #expect {
        try AtomicFile.write([1], to: "\(folder)/none/\u{302}b")
      } throws: { error in
        "\(error)".hasSuffix(": cannot create the file: No such file or directory")
      }
    }
  }

  @Test(
    arguments: [
      (".model.h5.tmp-4711", "model.h5"), (".a.tmp-1.tmp-2", "a.tmp-1"), (".a.tmp-", nil), (".a.tmp-old", nil),
      ("a.tmp-1", nil), (".tmp-1", nil), (".a.tmp-1~", nil),
    ] as [(String, String?)]) func whatATemporaryFileWasToBe(name: String, target: String?)
  {
    #expect(AtomicFile.target(ofTemporary: name) == target)
  }

  @Test func aFailureNamesPathStepAndCause() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/none/file.bin"
      #expect {
        try AtomicFile.write([1], to: path)
      } throws: { error in
        "\(error)" == "\(path): cannot create the file: No such file or directory"
      }
      // A folder cannot be replaced by a file; the temporary file is removed.
      try FileManager.default.createDirectory(atPath: "\(folder)/taken", withIntermediateDirectories: true)
      #expect(throws: FileWriteError.self) { try AtomicFile.write([1], to: "\(folder)/taken") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
    }
  }

  /// What a disk gives back is compared with what it was given.
  @Test func whatIsReadBackIsCompared() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file.bin"
      let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
      try AtomicFile.write(bytes, to: path, isReadBack: true)
      var others: [[UInt8]] = [Array(bytes.dropLast()), bytes + [0], []]
      for place in [0, 1 << 20, bytes.count - 1] {
        others.append(bytes)
        others[others.count - 1][place] ^= 1
      }
      for other in others {
        try AtomicFile.write(other, to: path)
        #expect {
          try AtomicFile.readBack(bytes, from: path)
        } throws: { error in
          "\(error)" == "\(path): cannot read back what was written to the file: Input/output error"
        }
      }
      try FileManager.default.removeItem(atPath: path)
      #expect(throws: FileWriteError.self) { try AtomicFile.readBack(bytes, from: path) }
    }
  }

  @Test func aFullDiskIsMeasured() {
    let error = FileWriteError(path: "/x", operation: "write", errno: ENOSPC, byteCount: 10, freeByteCount: 4)
    #expect(
      error.description == "/x: cannot write the file: No space left on device; "
        + "10 bytes are needed and 4 are free; make room or choose another folder")
  }
}
