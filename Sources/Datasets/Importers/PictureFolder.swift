import Glibc
import Numerics

/// The files of a folder of pictures: one folder per class, and above them perhaps one per split.
struct PictureFolder {
  /// A file that may be a picture.
  struct File: Equatable, Sendable {
    /// Its path, ended by a zero; not every name is UTF-8.
    let path: [CChar]
    /// The split that its folder stands for.
    let split: SplitName
    /// The number of its class.
    let classNumber: Int

    /// The path for messages: on one line.
    var name: String { printable(path) }
  }

  /// The names of the classes, sorted by their Unicode scalars, which every machine does alike.
  let classNames: [String]
  /// The files: split by split, class by class, by their paths' bytes.
  let files: [File]
  /// What could not be looked into, a line each.
  let unreadable: [String]
  /// The files beside the class folders, whose class nobody knows.
  let loose: [[CChar]]

  /// The names that folders of splits go by.
  private static let splitNames: [String: SplitName] = [
    "train": .train, "training": .train, "val": .validation, "valid": .validation, "validation": .validation,
    "test": .test, "testing": .test,
  ]

  /// Lists the folder at `path`; opens no file.
  ///
  /// - Throws: `DatasetError` if there is no such folder, or if its layout is another.
  init(listing path: String) throws {
    let root = Directory(path: path.utf8CString.map { $0 })
    let top: Directory.Contents
    do {
      top = try root.contents()
    } catch {
      throw DatasetError(
        error.errno == ENOENT ? .notFound : .invalid, file: path, object: nil, expected: "a folder with pictures",
        found: String(cString: strerror(error.errno)), advice: "check the path")
    }
    var loose = top.files.map(\.path)
    var classFolders: [(split: SplitName, name: String, folder: Directory)] = []
    var unreadable: [String] = []
    if let splits = try Self.splits(among: top.folders, of: path) {
      for (split, folder) in splits {
        let contents: Directory.Contents
        do {
          contents = try folder.contents()
        } catch {
          unreadable.append("\(folder.printableName): \(String(cString: strerror(error.errno)))")
          continue
        }
        loose += contents.files.map(\.path)
        classFolders += try contents.folders.map { (split, try $0.className(), $0) }
      }
    } else {
      classFolders = try top.folders.map { (.train, try $0.className(), $0) }
    }
    let inOrder = SplitName.allCases.map { split in classFolders.filter { $0.split == split } }
    // Strings that only differ in how an accent is composed are equal: a class has one name in all splits, that of train.
    var names: Set<String> = []
    for folder in inOrder.joined() { names.insert(folder.name) }
    classNames = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    let numbers = Dictionary(uniqueKeysWithValues: zip(classNames, 0...))
    var files: [File] = []
    for folders in inOrder {
      let numbered = folders.compactMap { item in numbers[item.name].map { ($0, item) } }
      for (number, item) in numbered.sorted(by: { $0.0 < $1.0 }) {
        let found = item.folder.allFiles(unreadable: &unreadable)
        files += found.map { File(path: $0, split: item.split, classNumber: number) }
      }
    }
    self.files = files
    self.loose = loose
    self.unreadable = unreadable
  }

  /// The folders of splits; nil if the folders are classes.
  private static func splits(
    among folders: [Directory], of path: String
  ) throws(DatasetError) -> [(SplitName, Directory)]? {
    let named = folders.map { folder in (folder, splitNames[folder.printableName.lowercased()]) }
    let found = named.compactMap { folder, split in split.map { ($0, folder) } }
    let layout = "only train, validation (or val) and test, each with one folder per class"
    // A class may be called "train" or "test"; that there are two of them, or nothing else, says that they are splits.
    guard !found.isEmpty, found.count > 1 || found.count == folders.count else { return nil }
    guard found.contains(where: { $0.0 == .train }) else {
      throw DatasetError(
        file: path, object: nil, expected: layout,
        found: "\(found.map(\.1.printableName).joined(separator: " and ")) without train",
        advice: "name the folder train whose pictures are to be learned from")
    }
    if let (other, _) = named.first(where: { $0.1 == nil }) {
      throw DatasetError(
        file: path, object: nil, expected: layout, found: "\(other.printableName) beside them",
        advice: "move it away, or into them")
    }
    for split in SplitName.allCases {
      let names = found.filter { $0.0 == split }.map(\.1.printableName)
      guard names.count > 1 else { continue }
      throw DatasetError(
        file: path, object: nil, expected: layout, found: "\(names.joined(separator: " and "))",
        advice: "move them into one folder")
    }
    return found
  }
}

/// A folder, by its path.
private struct Directory {
  /// Its path, ended by a zero.
  let path: [CChar]

  /// What is in a folder, sorted by the names' bytes.
  struct Contents {
    var folders: [Directory] = []
    var files: [Directory] = []
  }

  /// A system call that failed.
  struct Failure: Error { let errno: Int32 }

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
      // macOS puts what it knows about files into a folder of that name when it packs them.
      if name.first != CChar(UInt8(ascii: ".")) && name != "__MACOSX".utf8.map({ CChar($0) }) { names.append(name) }
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
