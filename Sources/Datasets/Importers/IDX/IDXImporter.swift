import Archives

/// Images and labels in IDX files, as MNIST, Fashion-MNIST, EMNIST and others come.
public struct IDXImporter: Importer {
  /// `idx`.
  public static let kind = "idx"
  /// What SOURCE is.
  public static let summary = "the folder of MNIST's four files, plain or .gz, or one of images, labels beside it"

  private let source: String
  private let options: ImportOptions

  /// Takes the path of the data, and what the user has said about it.
  public init(source: String, options: ImportOptions) {
    self.source = source
    self.options = options
  }

  /// Finds the samples.
  ///
  /// - Throws: `DatasetError` or `ArchiveError` that names the file and what is wrong with it.
  public func read(progress: (_ done: Int, _ total: Int) -> Void) throws -> ImportedDataset {
    let paths: [SplitName: (images: String, labels: String)]
    if let folder = SourceFolder(source) {
      paths = try find(in: folder)
    } else if let labels = options.labels {
      paths = [.train: (source, labels)]
    } else {
      // A file that is missing is reported before what it lacks.
      _ = try IDXFile(source)
      guard let folder = SourceFolder(of: source) else { throw withoutLabels(source) }
      paths = [.train: (source, try labels(of: fileName(source), in: folder))]
    }
    var images: [SplitName: IDXFile] = [:]
    var labels: [SplitName: RawLabels] = [:]
    for (name, files) in paths {
      let file = try IDXFile(files.images)
      let labelFile = try IDXFile(files.labels)
      guard file.array.shape.first == labelFile.array.shape.first else {
        throw labelFile.array.error(
          expected: "a label for each image of \(fileName(files.images)), which has shape \(file.array.shape)",
          found: "shape \(labelFile.array.shape)", advice: "choose images and labels of the same samples")
      }
      images[name] = file
      labels[name] = try labelFile.array.labels()
    }
    let encoding = try EncodedLabels(labels)
    var splits: [SplitName: any SampleSource] = [:]
    for (name, file) in images {
      guard let labels = encoding.labels[name] else { continue }
      splits[name] = try ArraySamples(
        file.array, layout: ImageLayout(of: file.array, size: options.size), labels: labels)
    }
    return try ImportedDataset(checking: splits, classNames: encoding.classNames, file: source)
  }

  /// The pairs of files in a folder.
  private func find(in folder: SourceFolder) throws -> [SplitName: (images: String, labels: String)] {
    let candidates = folder.names.compactMap { IDXName($0) }.filter(\.isImages)
    guard !candidates.isEmpty else {
      throw DatasetError(
        file: source, object: nil, expected: "files such as train-images-idx3-ubyte.gz",
        found: folder.names.isEmpty ? "an empty folder" : "only \(folder.names.prefix(4).joined(separator: ", "))",
        advice: "name the folder that has them, or the file of the images")
    }
    var found: [SplitName: (images: String, labels: String)] = [:]
    var names: [SplitName: IDXName] = [:]
    for candidate in candidates {
      if let other = names[candidate.split] {
        // A plain file and its compressed form hold the same; the plain one is read faster.
        guard other.plain == candidate.plain else {
          throw DatasetError(
            file: source, object: nil, expected: "one file of images for \(candidate.split)",
            found: "\(other.name) and \(candidate.name)", advice: "name the file of the images instead of the folder")
        }
        continue
      }
      names[candidate.split] = candidate
      found[candidate.split] = (folder.path(of: candidate.name), try labels(of: candidate.name, in: folder))
    }
    return found
  }

  /// The path of the labels that belong to a file of images by its name.
  private func labels(of images: String, in folder: SourceFolder) throws -> String {
    let image = IDXName(images)
    let name = folder.names.first { name in
      guard let image, let other = IDXName(name) else { return false }
      return !other.isImages && other.stem == image.stem
    }
    guard let name else { throw withoutLabels(folder.path(of: images)) }
    return folder.path(of: name)
  }

  private func withoutLabels(_ path: String) -> DatasetError {
    DatasetError(
      file: path, object: nil, expected: "its labels beside it, in a file such as train-labels-idx1-ubyte.gz",
      found: "none", advice: "put it there, or name it by --labels FILE")
  }
}

/// The name of a file of the MNIST family, such as `emnist-letters-train-images-idx3-ubyte.gz` or `t10k-labels.idx1-ubyte`.
private struct IDXName {
  let name: String
  /// The name without the ending `.gz`.
  let plain: String
  let isImages: Bool
  let split: SplitName
  /// What images and labels have in common: the words before these.
  let stem: [Substring]

  /// Nil if the name is none of these.
  init?(_ name: String) {
    self.name = name
    plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    let words = plain.lowercased().split { "-._ ".contains($0) }
    guard let place = words.lastIndex(where: { $0 == "images" || $0 == "labels" }),
      words[place...].contains(where: { $0.hasPrefix("idx") })
    else { return nil }
    isImages = words[place] == "images"
    stem = Array(words[..<place])
    let part = stem.last.map(String.init) ?? ""
    split =
      switch part {
      case "t10k", "test": .test
      case "val", "valid", "validation": .validation
      default: .train
      }
  }
}
