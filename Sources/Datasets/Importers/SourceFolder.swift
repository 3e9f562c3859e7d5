import FoundationEssentials

/// The files of a folder that somebody names as the source of an import.
struct SourceFolder: Sendable {
  /// The path of the folder.
  let path: String
  /// The names of the files, in order.
  let names: [String]

  /// Lists the folder; nil if the path is that of something else, or of nothing.
  init?(_ path: String) {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder,
      let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    else { return nil }
    self.path = path
    self.names = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
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
  func path(of name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }
}

/// The last part of a path.
func fileName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
