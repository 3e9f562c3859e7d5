import Glibc
import Numerics

/// A folder, by its path.
struct Directory {
  /// Its path, ended by a zero.
  let path: [CChar]

  /// What is in a folder, sorted by the names' bytes.
  struct Contents {
    var folders: [Directory] = []
    var files: [Directory] = []
  }

  /// A system call that failed.
  struct Failure: Error { let errno: Int32 }

  /// What systems and tools put beside pictures: macOS when it packs them, Synology's file servers, Python.
  private static let leftBySystems = ["__MACOSX", "@eaDir", "__pycache__", "lost+found"].map {
    $0.utf8.map { CChar($0) }
  }

  /// The last part of the path, without its zero.
  private var nameBytes: ArraySlice<CChar> {
    path.dropLast()[((path.lastIndex(of: CChar(UInt8(ascii: "/"))) ?? -1) + 1)...]
  }

  /// The name for messages.
  var printableName: String { printable(Array(nameBytes) + [0]) }

  /// The name as that of a class.
  ///
  /// - Throws: `DatasetError` if it is not UTF-8, which names in a store are.
  func className() throws(DatasetError) -> String {
    guard let name = String(validating: nameBytes.map { UInt8(bitPattern: $0) }, as: UTF8.self) else {
      throw DatasetError(
        file: printable(path), object: nil, expected: "the name of a class in UTF-8", found: "other bytes",
        advice: "rename the folder")
    }
    return name
  }

  /// The folders and files in it, links to such among them; hidden ones, which systems and tools leave, are not seen.
  ///
  /// The corresponding C functions are `opendir`, `readdir` and `stat`.
  func contents() throws(Failure) -> Contents {
    guard let stream = opendir(path) else { throw Failure(errno: errno) }
    defer { closedir(stream) }
    var names: [[CChar]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw Failure(errno: errno) }
        break
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
      }
      if name.first != CChar(UInt8(ascii: ".")) && !Self.leftBySystems.contains(name) { names.append(name) }
    }
    var contents = Contents()
    for name in names.sorted(by: precedes) {
      let item = Directory(path: path.dropLast() + [CChar(UInt8(ascii: "/"))] + name + [0])
      var status = stat()
      let isFolder = stat(item.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      // What has no status, such as a link to nothing, is a file that cannot be read.
      if isFolder { contents.folders.append(item) } else { contents.files.append(item) }
    }
    return contents
  }

  /// The paths of all files at any depth, sorted by their bytes; a folder that links lead back to is seen once.
  func allFiles(unreadable: inout [String]) -> [[CChar]] {
    var files: [[CChar]] = []
    var seen: Set<[UInt64]> = []
    var waiting = [self]
    while let folder = waiting.popLast() {
      var status = stat()
      guard stat(folder.path, &status) == 0 else { continue }
      guard seen.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted else { continue }
      do {
        let contents = try folder.contents()
        files += contents.files.map(\.path)
        waiting += contents.folders.reversed()
      } catch {
        unreadable.append("\(printable(folder.path)): \(String(cString: strerror(error.errno)))")
      }
    }
    return files.sorted(by: precedes)
  }
}

/// The order of bytes, as `memcmp` has it.
private func precedes(_ left: [CChar], _ right: [CChar]) -> Bool {
  left.lexicographicallyPrecedes(right) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
}

/// A path for messages: on one line, whatever is in it.
func printable(_ path: [CChar]) -> String {
  Text.visible(String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
}
