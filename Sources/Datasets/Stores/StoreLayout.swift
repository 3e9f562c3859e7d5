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
  /// The group that has the parts; "" is the root.
  private(set) var base = ""

  /// Finds the parts of a store.
  ///
  /// - Throws: `DatasetError` that lists what the file has if it is not clear what the images and labels are.
  init(of selection: StoreSelection) throws {
    file = try StoreFile(opening: selection.path)
    if selection.namesDatasets {
      pairs[.train] = try chosenPair(selection, or: file)
    } else {
      (pairs, base) = try foundPairs(file)
      pairs = pairs.mapValues(selection.interpreting)
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
    let found = try foundPairs(second, needsTraining: false).pairs
    pairs[.validation] = (found[.validation] ?? found[.test] ?? found[.train]).map(selection.interpreting)
  }
}

// MARK: - What the user says

extension StoreSelection {
  /// Whether one of the datasets is named.
  fileprivate var namesDatasets: Bool {
    [images, labels].contains { $0.map { DatasetReference($0).isNamed } ?? false }
  }

  /// Datasets that were found, with the axes and the meaning that are said without a name.
  fileprivate func interpreting(_ pair: StoreLayout.Pair) -> StoreLayout.Pair {
    var pair = pair
    pair.axes = images.flatMap { DatasetReference($0).axes }
    pair.meaning = labels.flatMap { DatasetReference($0).meaning }
    // Our own format leaves nothing open; who says otherwise means that it was written wrongly.
    if pair.axes != nil || pair.meaning != nil { pair.format = .foreign }
    return pair
  }

  /// What is said of the datasets of the store, said of a second one; nil if the second one's are found by their names.
  ///
  /// Files of one script have the same paths, so a path holds for both. A dataset of a file that is named does not: its
  /// samples are those of the first store.
  ///
  /// - Throws: `DatasetError` if one of the two datasets would be the first store's.
  fileprivate func ofSecondStore(_ second: String) throws(DatasetError) -> StoreSelection? {
    let references = [images, labels].compactMap { $0.map { DatasetReference($0) } }.filter(\.isNamed)
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
      let order = reference.path.split(separator: ":").last.map { $0.uppercased() } ?? ""
      let isOrder = reference.path.contains(":") && (3...4).contains(order.count) && order.allSatisfy("NHWC".contains)
      throw file.invalid(
        reference.path, expected: "a dataset", found: "none; there are \(StoreTree.datasets(of: file))",
        advice: isOrder
          ? "write one of the orders \(ImageAxes.names) behind the path, or bring the samples to the first axis"
          : "write the path of one of them")
    }
    return StoredDataset(file: file, path: reference.path)
  }
  let images = selection.images.map { DatasetReference($0) }
  let labels = selection.labels.map { DatasetReference($0) }
  let search = DatasetSearch(in: file)
  func named(_ reference: DatasetReference?) -> DatasetReference? { reference.flatMap { $0.isNamed ? $0 : nil } }
  let imagesFound = try named(images).map(stored) ?? search.only(StoreNames.images)
  let labelsFound = try named(labels).map(stored) ?? search.only(StoreNames.labels)
  guard let imagesFound, let labelsFound else {
    throw unclear(file, imagesFound == nil ? "no images under a known name" : "no labels under a known name")
  }
  return StoreLayout.Pair(images: imagesFound, labels: labelsFound, axes: images?.axes, meaning: labels?.meaning)
}

// MARK: - What is found

/// The parts that the file has, found by their names, and the group that they are in.
private func foundPairs(
  _ file: StoreFile, needsTraining: Bool = true
) throws -> (pairs: [SplitName: StoreLayout.Pair], base: String) {
  if try isOwnFormat(file) { return (try ownPairs(file, needsTraining: needsTraining), "") }
  let root = DatasetSearch(in: file)
  if let pairs = try namedPairs(root, needsTraining) { return (pairs, "") }
  if let pairs = try pairsOfTwoFiles(root) { return (pairs, "") }
  // If there is one group with images and labels, these are meant. Groups may lead in circles, so that an end is needed.
  var groups = root.groups
  for _ in 0..<8 where !groups.isEmpty {
    let searches = groups.prefix(1_000).map { DatasetSearch(in: file, under: $0) }
    var found: [(pairs: [SplitName: StoreLayout.Pair], base: String)] = []
    for search in searches where found.count < 2 {
      if let pairs = try namedPairs(search, needsTraining) { found.append((pairs, search.base)) }
    }
    guard found.count <= 1 else {
      throw unclear(file, "images and labels in \(found[0].base) and in \(found[1].base)")
    }
    if let found = found.first { return found }
    groups = searches.flatMap(\.groups)
  }
  throw unclear(file, "no images and labels under names that are known")
}

/// The parts in a group; nil if there are none.
private func namedPairs(_ search: DatasetSearch, _ needsTraining: Bool) throws -> [SplitName: StoreLayout.Pair]? {
  for pattern in StoreNames.patterns {
    var pairs: [SplitName: StoreLayout.Pair] = [:]
    for split in SplitName.allCases { pairs[split] = try search.pair(of: split, pattern) }
    if pairs[.train] != nil || (!needsTraining && !pairs.isEmpty) { return pairs }
  }
  return try search.pair(
    images: StoreNames.images.map { "/\($0)" }, labels: StoreNames.labels.map { "/\($0)" }
  ).map { [.train: $0] }
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
  let nameStart = path.unicodeScalars.lastIndex(of: "/").map(path.unicodeScalars.index(after:)) ?? path.startIndex
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
