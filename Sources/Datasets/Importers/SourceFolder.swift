import FoundationEssentials

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
    guard let separator = file.lastIndex(of: "/") else {
      self.init(".")
      return
    }
    self.init(separator == file.startIndex ? "/" : String(file[..<separator]))
  }

  /// The path of a file in the folder.
  func path(of name: String) -> String { Self.path(of: name, in: path) }

  private static func path(of name: String, in folder: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }
}

/// The last part of a path.
func fileName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
