import FoundationEssentials
import Numerics

/// The files of a folder that somebody names as the source of an import.
struct SourceFolder: Sendable {
  /// The path of the folder.
  let path: String
  /// The names of the files, in order.
  let names: [String]
  /// The names of the folders in it, in order.
  let folderNames: [String]

  /// Lists the folder; nil if the path is that of something else, or of nothing.
  init?(_ path: String) {
    guard Self.isFolder(path), let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return nil
    }
    self.path = path
    let inOrder = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    let folders = Set(names.filter { Self.isFolder(Self.path(of: $0, in: path)) })
    self.names = inOrder.filter { !folders.contains($0) }
    folderNames = inOrder.filter(folders.contains)
  }

  /// The folder that a file is in.
  init?(of file: String) {
    self.init(Path.folder(of: file))
  }

  /// The path of a file in the folder.
  func path(of name: String) -> String { Self.path(of: name, in: path) }

  private static func path(of name: String, in folder: String) -> String {
    folder.utf8.last == UInt8(ascii: "/") ? folder + name : "\(folder)/\(name)"
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }
}
