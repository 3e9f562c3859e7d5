import Foundation
import Testing

@testable import HDF5

@Suite struct FileReadErrorTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "read-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path(percentEncoded: false))
  }

  @Test(arguments: [0, 5, 1 << 20, 3_000_000]) func filesAreReadToTheEnd(count: Int) throws {
    try withFolder { folder in
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      try Data(bytes).write(to: URL(filePath: "\(folder)/file"))
      #expect(try FileReadError.contents(of: "\(folder)/file") == bytes)
    }
  }

  @Test func whatIsNoFileIsAnError() throws {
    try withFolder { folder in
      func expect(_ path: String, _ text: String, isMissing: Bool = false, orPipe: Bool = false) {
        let error = #expect(throws: FileReadError.self) { try FileReadError.contents(of: path, orPipe: orPipe) }
        #expect(error?.description == "\(path): cannot be read: \(text)")
        #expect(error?.isMissing == isMissing)
      }
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      expect("\(folder)/none", "No such file or directory; check the path", isMissing: true)
      expect(folder, "Is a directory")
      expect("\(folder)/pipe", "it is not a regular file")
      expect("/dev/zero", "it is not a regular file", orPipe: true)
    }
  }

  @Test func pipesAreReadToTheEnd() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("epochs: 3\n".utf8))
    try pipe.fileHandleForWriting.close()
    let path = "/proc/self/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    #expect(try FileReadError.contents(of: path, orPipe: true) == Array("epochs: 3\n".utf8))
  }

  /// A file of no bytes on the disk that claims more than a limit, or than any machine's memory, takes none.
  @Test(arguments: [
    (17_000_000, FileReadError.textLimit, "expected at most 16.0 MB, found more"), (1 << 42, .max, "it takes 8.8 TB"),
  ])
  func whatIsTooLargeIsRefusedBeforeItIsRead(size: Int, limit: Int, problem: String) throws {
    try withFolder { folder in
      let path = "\(folder)/file"
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
      #expect(truncate(path, off_t(size)) == 0)
      let error = #expect(throws: FileReadError.self) { try FileReadError.contents(of: path, upTo: limit) }
      #expect(error?.isTooLarge == true)
      #expect(error?.problem.hasPrefix(problem) == true, "\(error?.problem ?? "")")
    }
  }

  @Test func pipesAreReadUpToTheLimit() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("epochs: 3\n".utf8))
    try pipe.fileHandleForWriting.close()
    let path = "/proc/self/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    let error = #expect(throws: FileReadError.self) { try FileReadError.contents(of: path, orPipe: true, upTo: 9) }
    #expect(error?.isTooLarge == true)
  }
}
