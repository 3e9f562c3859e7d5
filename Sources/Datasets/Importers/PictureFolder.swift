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
  /// The folders whose pictures have no labels, and are left out.
  let unlabeled: [Directory]

  /// Lists the folder at `path`; of its files, only those beside a single folder are looked into.
  ///
  /// - Throws: `DatasetError` if there is no such folder, or if its layout is another.
  init(listing path: String) throws {
    let top: Directory.Contents
    do {
      top = try Directory(path: path.utf8CString.map { $0 }).contentsWithClasses()
    } catch {
      throw DatasetError(
        error.errno == ENOENT ? .notFound : .invalid, file: path, object: nil, expected: "a folder with pictures",
        found: String(cString: strerror(error.errno)), advice: "check the path")
    }
    var loose = top.files.map(\.path)
    var classFolders: [(split: SplitName, name: String, folder: Directory)] = []
    var unreadable: [String] = []
    if let parts = try PartFolders(among: top.folders, of: path) {
      for (split, folder) in parts.splits {
        let contents: Directory.Contents
        do {
          contents = try folder.contentsWithClasses(of: split)
        } catch {
          unreadable.append("\(folder.printableName): \(String(cString: strerror(error.errno)))")
          continue
        }
        loose += contents.files.map(\.path)
        try checkClasses(contents.folders, of: printable(folder.path))
        classFolders += try contents.folders.map { (split, try $0.className(), $0) }
      }
      unlabeled = parts.unlabeled
    } else {
      let classes = top.folders.filter { PartName($0.printableName) != PartName(.unlabeled, isWhole: true) }
      unlabeled = !classes.isEmpty ? top.folders.filter { !classes.map(\.path).contains($0.path) } : []
      let folders = unlabeled.isEmpty ? top.folders : classes
      try checkClasses(folders, of: path)
      classFolders = try folders.map { (.train, try $0.className(), $0) }
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
}

/// Refuses folders that all hold the same ones: which of the two are the classes, nobody can tell.
private func checkClasses(_ folders: [Directory], of path: String) throws(DatasetError) {
  guard folders.count > 1 else { return }
  var inner: [Set<String>] = []
  for folder in folders {
    guard let contents = try? folder.contentsWithClasses(), contents.files.isEmpty, contents.folders.count > 1 else {
      return
    }
    inner.append(Set(contents.folders.map(\.printableName)))
  }
  guard let largest = inner.max(by: { $0.count < $1.count }), inner.allSatisfy(largest.isSuperset) else { return }
  func list(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }
  let outer = folders.map(\.printableName)
  throw DatasetError(
    file: path, object: nil, expected: "a folder for each class, or one for each part: train, validation and test",
    found:
      "\(list(outer)), each with the same folders (\(list(largest.sorted()))), of which either could be the classes",
    advice:
      "rename those that are parts, import \(path)/\(outer[0]) alone, or take the pictures out of the inner folders")
}
