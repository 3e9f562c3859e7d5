/// Paths of files and of HDF5's objects, divided where the system divides them.
///
/// An accent at the beginning of a name makes one character with the slash before it, so characters are not what counts.
public enum Path {
  /// The parts between the slashes.
  public static func parts(of path: String) -> [String] { path.unicodeScalars.split(separator: "/").map(String.init) }

  /// The last part; the path itself if it has none.
  public static func name(of path: String) -> String { parts(of: path).last ?? path }

  /// What is before the last slash: `.` if there is none, `/` for what is in the root.
  public static func folder(of path: String) -> String {
    guard let slash = path.unicodeScalars.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path.unicodeScalars[..<slash])
  }

  /// What is behind the last slash: nothing for `folder/`.
  public static func file(of path: String) -> String {
    guard let slash = path.unicodeScalars.lastIndex(of: "/") else { return path }
    return String(path.unicodeScalars[path.unicodeScalars.index(after: slash)...])
  }

  /// Whether it begins at the root.
  public static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

  /// The path without slashes at its end, but for the root's.
  public static func withoutSlashes(_ path: String) -> String {
    var scalars = path.unicodeScalars
    while scalars.count > 1, scalars.last == "/" { scalars.removeLast() }
    return String(scalars)
  }

  /// The path without what follows the last dot of its name; a name that only begins with a dot stays as it is.
  public static func withoutExtension(_ path: String) -> String {
    let name = file(of: path).unicodeScalars
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return path }
    return String(path.unicodeScalars.dropLast(name[dot...].count))
  }
}
