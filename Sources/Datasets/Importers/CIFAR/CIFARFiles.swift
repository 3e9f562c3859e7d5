import Archives
import Numerics

/// The files of a CIFAR data set by their names without folders: in a folder, or in a .tar of it, compressed or not.
struct CIFARFiles: Sendable {
  /// The folder or the archive.
  let path: String
  /// The files that are wanted.
  private(set) var sources: [String: ByteSource] = [:]
  /// The names of all.
  private(set) var names: [String] = []

  /// Finds the files with one of these names.
  ///
  /// - Parameter folderName: what the data set's own folder is called, which may be in the folder that is named.
  init(_ path: String, wanted: [String], folderName: String) throws {
    self.path = path
    if var folder = SourceFolder(path) {
      if !folder.names.contains(where: wanted.contains), let inner = SourceFolder(folder.path(of: folderName)) {
        folder = inner
      }
      names = folder.names
      for name in names where wanted.contains(name) {
        sources[name] = try ByteSource(file: folder.path(of: name))
      }
      return
    }
    let archive = try Archive(opening: path, as: .tar)
    while let entry = try archive.next() {
      let name = Path.name(of: entry.name)
      names.append(name)
      guard wanted.contains(name), let size = entry.size else { continue }
      guard sources[name] == nil else {
        throw DatasetError(
          file: path, object: name, expected: "one file of this name", found: "two", advice: "get the archive again")
      }
      sources[name] = try archive.take(size)
    }
  }

  /// The lines of a text file; none if there is no such file.
  func lines(of name: String) throws -> [String] {
    guard let source = sources[name] else { return [] }
    guard source.count <= 1 << 16 else {
      throw DatasetError(
        file: path, object: name, expected: "the names of the classes", found: "\(source.count) bytes",
        advice: "get the data set again")
    }
    let text = String(decoding: try source.bytes(0..<source.count), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).map(String.init)
  }
}
