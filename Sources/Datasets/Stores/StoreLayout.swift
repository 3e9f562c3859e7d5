import Glibc
import HDF5

/// Where the samples of the parts of a store lie, before anything is known about them.
struct StoreLayout {
  /// Whose rules say what the data means.
  enum Format {
    /// Ours: float labels are values, channels come last.
    case own
    /// Somebody else's: shapes and values say what it means.
    case foreign
  }

  /// The datasets of a part.
  struct Pair {
    var images: StoredDataset
    var labels: StoredDataset
    var format = Format.foreign
    /// The order of the axes, if the user says it.
    var axes: ImageAxes?
    /// What the labels are, if the user says it.
    var meaning: LabelMeaning?

    /// Whether float labels are classes if all are whole.
    var hasCaffesNames: Bool { StoreNames.areCaffes(images: images.path, labels: labels.path) }
  }

  /// The parts that are there.
  var pairs: [SplitName: Pair] = [:]
  /// The file that may name the classes.
  let file: StoreFile

  /// Finds the parts of a store.
  ///
  /// - Throws: `DatasetError` that lists what the file has if it is not clear what the images and labels are.
  init(of selection: StoreSelection) throws {
    file = try StoreFile(opening: selection.path)
    if selection.images != nil || selection.labels != nil {
      pairs[.train] = try chosenPair(selection, or: file)
    } else {
      pairs = try foundPairs(file)
    }
    if let second = selection.validationStore { try addValidation(second, selection) }
  }

  /// Takes the part `validation` from a second store: its part of this name, or else `test`, or else `train`.
  private mutating func addValidation(_ path: String, _ selection: StoreSelection) throws {
    guard pairs[.validation] == nil else {
      throw DatasetError(
        file: file.name, object: pairs[.validation]?.images.path, expected: "no validation split beside \(path)",
        found: "one", advice: "leave out the validation store")
    }
    let second = try StoreFile(opening: path)
    if let chosen = try selection.ofSecondStore(path) {
      pairs[.validation] = try chosenPair(chosen, or: second)
      return
    }
    let found = try foundPairs(second, needsTraining: false)
    pairs[.validation] = found[.validation] ?? found[.test] ?? found[.train]
  }
}

// MARK: - What the user says

extension StoreSelection {
  /// What is said of the datasets of the store, said of a second one; nil if the second one's are found by their names.
  ///
  /// Files of one script have the same paths, so a path holds for both. A dataset of a file that is named does not: its
  /// samples are those of the first store.
  ///
  /// - Throws: `DatasetError` if one of the two datasets would be the first store's.
  fileprivate func ofSecondStore(_ second: String) throws(DatasetError) -> StoreSelection? {
    let references = [images, labels].compactMap { $0.map { DatasetReference($0) } }
    guard references.contains(where: { $0.file == nil }) else { return nil }
    if let other = references.first(where: { $0.file != nil }) {
      throw DatasetError(
        file: second, object: nil, expected: "images and labels of the samples of the second store",
        found: "\(other), which belongs to the samples of \(path)",
        advice: "put images and labels of the same samples into one file")
    }
    return StoreSelection(second, images: images, labels: labels)
  }
}

/// The datasets that are named; what is not named is found.
private func chosenPair(_ selection: StoreSelection, or file: StoreFile) throws -> StoreLayout.Pair {
  func stored(_ reference: DatasetReference) throws -> StoredDataset {
    let file = try reference.file.map { path throws(DatasetError) in try StoreFile(opening: path) } ?? file
    guard file.hasDataset(reference.path) else {
      throw file.invalid(
        reference.path, expected: "a dataset", found: "none; there are \(StoreTree.datasets(of: file))",
        advice: "write the path of one of them")
    }
    return StoredDataset(file: file, path: reference.path)
  }
  let images = selection.images.map { DatasetReference($0) }
  let labels = selection.labels.map { DatasetReference($0) }
  let search = DatasetSearch(in: file)
  let imagesFound = try images.map(stored) ?? search.only(StoreNames.images)
  let labelsFound = try labels.map(stored) ?? search.only(StoreNames.labels)
  guard let imagesFound, let labelsFound else {
    throw unclear(file, imagesFound == nil ? "no images under a known name" : "no labels under a known name")
  }
  return StoreLayout.Pair(images: imagesFound, labels: labelsFound, axes: images?.axes, meaning: labels?.meaning)
}

// MARK: - What is found

/// The parts that the file has, found by their names.
private func foundPairs(_ file: StoreFile, needsTraining: Bool = true) throws -> [SplitName: StoreLayout.Pair] {
  if try isOwnFormat(file) { return try ownPairs(file, needsTraining: needsTraining) }
  let search = DatasetSearch(in: file)
  for pattern in StoreNames.patterns {
    var pairs: [SplitName: StoreLayout.Pair] = [:]
    for split in SplitName.allCases { pairs[split] = try search.pair(of: split, pattern) }
    if pairs[.train] != nil || (!needsTraining && !pairs.isEmpty) { return pairs }
  }
  if let pair = try search.pair(images: StoreNames.images.map { "/\($0)" }, labels: StoreNames.labels.map { "/\($0)" })
  {
    return [.train: pair]
  }
  if let pairs = try pairsOfTwoFiles(search) { return pairs }
  throw unclear(file, "no images and labels under names that are known")
}

/// Whether the file says that it is one of our stores, of the version that this program reads.
private func isOwnFormat(_ file: StoreFile) throws -> Bool {
  guard try file.file.hasAttribute("format", of: "/"),
    (try? file.file.attribute("format", of: "/", as: String.self)) == ImageStore.format
  else { return false }
  let version: Int
  do {
    version = try file.file.attribute("version", of: "/", as: Int.self)
  } catch {
    throw file.invalid(
      "attribute version of /", expected: "\(ImageStore.version)",
      found: error.kind == .objectNotFound ? "none" : error.detail)
  }
  guard version == ImageStore.version else {
    throw file.invalid(
      "attribute version of /", expected: "\(ImageStore.version)", found: "\(version)",
      advice: "write the store again, or use a program that reads this version")
  }
  return true
}

/// The parts of a store of our own; `train` must be there.
private func ownPairs(_ file: StoreFile, needsTraining: Bool) throws -> [SplitName: StoreLayout.Pair] {
  var pairs: [SplitName: StoreLayout.Pair] = [:]
  for name in SplitName.allCases {
    let location = Location(name)
    let hasImages = try file.file.exists(location.images)
    let hasLabels = try file.file.exists(location.labels)
    if !hasImages && !hasLabels && (name != .train || !needsTraining) { continue }
    guard hasImages else { throw file.invalid(location.images, expected: "images [N, H, W, C]", found: "none") }
    guard hasLabels else { throw file.invalid(location.labels, expected: "labels [N]", found: "none") }
    pairs[name] = StoreLayout.Pair(
      images: StoredDataset(file: file, path: location.images),
      labels: StoredDataset(file: file, path: location.labels),
      format: .own)
  }
  return pairs
}

/// Images in this file and labels in its sibling; if it is a file to train on, also those to validate and test.
private func pairsOfTwoFiles(_ search: DatasetSearch) throws -> [SplitName: StoreLayout.Pair]? {
  let path = search.file.name
  guard let images = try search.only(StoreNames.images), let labels = try labelsBeside(path) else { return nil }
  var pairs = [SplitName.train: StoreLayout.Pair(images: images, labels: labels)]
  for split in [SplitName.validation, .test] {
    for (old, new) in StoreNames.aliases(of: .train).flatMap({ old in
      StoreNames.aliases(of: split).map { ("_\(old)_", "_\($0)_") }
    }) {
      guard let other = replacingInName(of: path, old, by: new), access(other, F_OK) == 0 else { continue }
      let file = try StoreFile(opening: other)
      guard let images = try DatasetSearch(in: file).only(StoreNames.images), let labels = try labelsBeside(other)
      else {
        continue
      }
      pairs[split] = StoreLayout.Pair(images: images, labels: labels)
    }
  }
  return pairs
}

/// The labels in the sibling of a file of images.
private func labelsBeside(_ path: String) throws -> StoredDataset? {
  for (images, labels) in StoreNames.siblings {
    guard let sibling = replacingInName(of: path, "\(images).", by: "\(labels)."), access(sibling, F_OK) == 0 else {
      continue
    }
    return try DatasetSearch(in: StoreFile(opening: sibling)).only(StoreNames.labels)
  }
  return nil
}

/// The path of the file whose name has `new` where that of `path` has `old`, at its last place; nil if it has it nowhere.
private func replacingInName(of path: String, _ old: String, by new: String) -> String? {
  let nameStart = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
  guard let place = path[nameStart...].indices.last(where: { path[$0...].hasPrefix(old) }) else { return nil }
  return path[..<place] + new + path[path.index(place, offsetBy: old.count)...]
}

/// The error for a file whose images and labels nobody can tell.
func unclear(_ file: StoreFile, _ reason: String) -> DatasetError {
  let datasets = StoreTree(of: file, limit: 200)
  return DatasetError(
    file: file.name, object: nil, expected: "images and labels under names that are known (datasets/README.md)",
    found: "\(reason); there are \(datasets.datasetList)", advice: datasets.flags)
}
