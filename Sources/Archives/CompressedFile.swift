/// Files by themselves, compressed or not.
public enum CompressedFile {
  /// Opens the file at `path`; what gzip, xz or bzip2 compressed is decompressed on the way.
  ///
  /// The first bytes decide, not the name.
  ///
  /// - Throws: `ArchiveError`, of kind `.missing` if there is no such file.
  public static func stream(of path: String) throws(ArchiveError) -> any ByteStream {
    let file = try OpenFile(path)
    return try stream(of: file, Compression(of: file))
  }

  /// The content of a file that is so compressed.
  static func stream(of file: OpenFile, _ compression: Compression) throws(ArchiveError) -> any ByteStream {
    switch compression {
    case .none: return FileStream(file)
    case .gzip: return try GzipStream(file)
    case .xz, .bzip2:
      let archive = try Archive(file, compression, .raw)
      _ = try archive.next()
      return archive
    }
  }
}

/// The bytes of a file as they are.
final class FileStream: ByteStream {
  private let file: OpenFile
  private var place: Int

  init(_ file: OpenFile, at place: Int = 0) {
    self.file = file
    self.place = place
  }

  var name: String { file.path }
  var mostBytes: Int { file.size }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    let count = try file.read(at: place, into: buffer)
    place += count
    return count
  }

  /// Takes nothing into memory.
  func take(_ count: Int) throws(ArchiveError) -> ByteSource {
    guard count <= file.size - place else {
      throw ArchiveError(
        .broken, name,
        "expected \(count) bytes after the first \(place), found \(file.size - place); it is cut off, get the file again"
      )
    }
    let source = ByteSource(file, start: place, count: count, name: name)
    place += count
    return source
  }

  /// The next `count` bytes in memory.
  func copy(_ count: Int) throws(ArchiveError) -> ByteSource { try CopiedStream(self).take(count) }
}

/// Bytes of another stream, taken into memory.
private final class CopiedStream: ByteStream {
  private let stream: FileStream

  init(_ stream: FileStream) { self.stream = stream }

  var name: String { stream.name }
  var mostBytes: Int { stream.mostBytes }
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int { try stream.read(into: buffer) }
}
