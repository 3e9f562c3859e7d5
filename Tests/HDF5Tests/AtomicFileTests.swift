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

  @Test func aFullDiskIsMeasured() {
    let error = FileWriteError(path: "/x", operation: "write", errno: ENOSPC, byteCount: 10, freeByteCount: 4)
    #expect(
      error.description == "/x: cannot write the file: No space left on device; "
        + "10 bytes are needed and 4 are free; make room or choose another folder")
  }
}
