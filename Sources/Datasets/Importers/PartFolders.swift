import Pictures

/// The folders that stand for parts of the data, each with one folder per class.
struct PartFolders {
  /// The folders of the parts with labels.
  let splits: [(SplitName, Directory)]
  /// The folders of pictures without labels.
  let unlabeled: [Directory]

  private static let layout = "only parts (train, validation, test), each with one folder per class"

  /// Takes folders for parts by their names; nil if they are classes.
  ///
  /// A class may be called "train" or "test"; that there are two of them, or nothing else, says that they are parts. Names
  /// with other words in them, such as `steam_train`, are those of parts only if folders lie in them, and if there are
  /// several parts.
  init?(among folders: [Directory], of path: String) throws(DatasetError) {
    var found: [(split: SplitName, folder: Directory)] = []
    var unlabeled: [Directory] = []
    var others: [Directory] = []
    var hasWholeName = false
    for folder in folders {
      switch PartName(folder.printableName) {
      case let name? where name.part == .unlabeled && name.isWhole: unlabeled.append(folder)
      case let name? where name.isWhole || folder.holdsFolders:
        guard case .split(let split) = name.part else {
          unlabeled.append(folder)
          continue
        }
        hasWholeName = hasWholeName || name.isWhole
        found.append((split, folder))
      default:
        // Pictures to be predicted, when it is clear that the folders are parts.
        if Self.isToPredict(folder.printableName) { unlabeled.append(folder) } else { others.append(folder) }
      }
    }
    let isAlone = others.isEmpty && hasWholeName
    guard !found.isEmpty, isAlone || found.count > 1, hasWholeName || Set(found.map(\.split)).count > 1 else {
      return nil
    }
    guard found.contains(where: { $0.split == .train }) else {
      throw DatasetError(
        file: path, object: nil, expected: Self.layout,
        found: "\(found.map(\.folder.printableName).joined(separator: " and ")) without train",
        advice: "name the folder train whose pictures are to be learned from")
    }
    if let other = others.first {
      throw DatasetError(
        file: path, object: nil, expected: Self.layout, found: "\(other.printableName) beside them",
        advice: "move it away, or into them")
    }
    for split in SplitName.allCases {
      let names = found.filter { $0.split == split }.map(\.folder.printableName)
      guard names.count > 1 else { continue }
      throw DatasetError(
        file: path, object: nil, expected: Self.layout, found: "\(names.joined(separator: " and "))",
        advice: "move them into one folder")
    }
    splits = found.map { ($0.split, $0.folder) }
    self.unlabeled = unlabeled
  }

  private static func isToPredict(_ name: String) -> Bool {
    name.lowercased().split { !$0.isLetter }.contains { ["pred", "predict", "prediction"].contains($0) }
  }
}

extension Directory {
  /// Whether it holds folders and no files, as the folder of a part does.
  fileprivate var holdsFolders: Bool {
    guard let contents = try? contents() else { return false }
    return !contents.folders.isEmpty && !contents.hasPictures
  }

  /// What is in the folder; if that is a single folder of folders, and no picture beside it, what is in that one, and so
  /// on: archives are often unpacked into a folder of their own.
  ///
  /// - Parameter split: the part that the folder stands for; a single folder of that name in it is the same once more.
  func contentsWithClasses(of split: SplitName? = nil) throws(Failure) -> Contents {
    var contents = try contents()
    // Links may lead back.
    for _ in 0..<32 {
      guard let split, let folder = contents.onlyFolder, PartName(folder.printableName)?.part == .split(split),
        let next = try? folder.contents()
      else { break }
      contents = next
    }
    var inner = contents
    for _ in 0..<32 {
      guard let folder = inner.onlyFolder, PartName(folder.printableName)?.isWhole != true,
        let next = try? folder.contents()
      else { break }
      inner = next
      let isOfParts = inner.onlyFolder.map { PartName($0.printableName)?.isWhole == true } ?? false
      if isOfParts || (inner.folders.count > 1 && !inner.hasPictures) { return inner }
    }
    return contents
  }
}

extension Directory.Contents {
  fileprivate var hasPictures: Bool { files.contains { Picture.isPicture(file: $0.path) } }

  /// The folder that is all there is, but for files that are no pictures.
  fileprivate var onlyFolder: Directory? { folders.count == 1 && !hasPictures ? folders[0] : nil }
}
