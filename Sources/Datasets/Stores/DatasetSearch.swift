import HDF5

/// Finds datasets of a file by their names, whatever the case of their letters.
struct DatasetSearch {
  let file: StoreFile
  /// The group that is searched; "" is the root.
  let base: String
  /// What is in the group.
  private let children: [String]
  /// The paths of datasets at the root and in the groups of parts, by their lower-case form.
  private let paths: [String: [String]]

  /// - Parameter base: the path of the group; "" is the root.
  init(in file: StoreFile, under base: String = "") {
    self.file = file
    self.base = base
    let known = Set(StoreNames.images + StoreNames.labels + StoreNames.classNames)
    let names = (try? file.file.children(of: base.isEmpty ? "/" : base)) ?? []
    let words = Set(SplitName.allCases.flatMap(StoreNames.aliases) + StoreNames.images + StoreNames.labels)
    var paths: [String: [String]] = [:]
    for name in names {
      let lowercased = name.lowercased()
      // Only what could be meant is looked at: some files have a dataset for each image.
      if words.contains(lowercased), (try? file.file.kind(of: "\(base)/\(name)")) == .group {
        for child in (try? file.file.children(of: "\(base)/\(name)")) ?? [] {
          paths["/\(lowercased)/\(child.lowercased())", default: []].append("\(base)/\(name)/\(child)")
        }
      } else if known.contains(where: lowercased.contains) {
        paths["/\(lowercased)", default: []].append("\(base)/\(name)")
      }
    }
    children = names.map { "\(base)/\($0)" }
    self.paths = paths
  }

  /// The groups in the group, which may be searched next; of very many things there the first.
  var groups: [String] { children.prefix(1_000).filter { (try? file.file.kind(of: $0)) == .group } }

  /// The datasets at these paths.
  private func datasets(_ wanted: [String]) -> [StoredDataset] {
    wanted.flatMap { paths[$0] ?? [] }.filter(file.hasDataset).map { StoredDataset(file: file, path: $0) }
  }

  /// The images and labels of a part whose paths have the form of `pattern`.
  func pair(of split: SplitName, _ pattern: (String, String) -> String) throws -> StoreLayout.Pair? {
    func paths(_ names: [String]) -> [String] {
      StoreNames.aliases(of: split).flatMap { alias in names.map { pattern(alias, $0) } }
    }
    return try pair(images: paths(StoreNames.images), labels: paths(StoreNames.labels))
  }

  /// The images and labels at these paths; nil if there are none.
  ///
  /// Where several datasets could be images, those with the shape of images are; where several could be labels, those that
  /// are as many.
  ///
  /// - Throws: `DatasetError` if there are still several.
  func pair(images: [String], labels: [String]) throws -> StoreLayout.Pair? {
    var images = datasets(images)
    var labels = datasets(labels)
    if images.count > 1 { images = images.filter(hasShapeOfImages) }
    if labels.count > 1 { labels = labels.filter { rows(of: $0) == images.first.flatMap(rows) } }
    guard let image = images.first, let label = labels.first else { return nil }
    guard images.count == 1, labels.count == 1 else {
      let several = images.count > 1 ? images : labels
      throw unclear(file, "\(several.map(\.path).joined(separator: " and ")), any of which could be meant")
    }
    return StoreLayout.Pair(images: image, labels: label)
  }

  /// The one dataset under these names, at the root or of the training part; nil if there is none.
  ///
  /// - Throws: `DatasetError` if there are several.
  func only(_ names: [String]) throws -> StoredDataset? {
    let training = StoreNames.patterns.map { pattern in
      StoreNames.aliases(of: .train).flatMap { alias in names.map { pattern(alias, $0) } }
    }
    for paths in training + [names.map { "/\($0)" }] {
      let found = datasets(paths)
      guard found.count <= 1 else {
        throw unclear(file, "\(found.map(\.path).joined(separator: " and ")), any of which could be meant")
      }
      if let found = found.first { return found }
    }
    return nil
  }

  /// The dataset of texts that names the classes.
  ///
  /// - Throws: `DatasetError` if one under such a name cannot be opened.
  func classNames() throws(DatasetError) -> StoredDataset? {
    for dataset in datasets(StoreNames.classNames.map { "/\($0)" }) {
      let names = try dataset.open()
      if names.elementType.kind == .string && names.shape.count == 1 && names.elementCount > 0 { return dataset }
    }
    return nil
  }

  private func hasShapeOfImages(_ dataset: StoredDataset) -> Bool {
    guard let dataset = try? dataset.openNumbers() else { return false }
    return ImageAxes(suggestedBy: dataset.shape) != nil
  }

  private func rows(of dataset: StoredDataset) -> Int? { (try? dataset.open())?.shape.first }
}
