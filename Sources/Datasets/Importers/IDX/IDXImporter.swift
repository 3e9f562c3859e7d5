import Archives
import Numerics

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
      paths = try find(in: files(of: folder))
    } else if let labels = options.labelChoice.name {
      paths = [.train: (source, labels)]
    } else {
      // A file that is missing is reported before what it lacks.
      _ = try CompressedFile.stream(of: source)
      guard let folder = SourceFolder(of: source) else { throw withoutLabels(source) }
      let image = IDXName(path: source)
      paths = [.train: (source, try labels(of: image, source, in: folder.names.map(folder.path)))]
    }
    var images: [SplitName: IDXFile] = [:]
    var labels: [SplitName: RawLabels] = [:]
    for (name, files) in paths {
      let file = try IDXFile(files.images)
      let labelFile = try IDXFile(files.labels)
      guard file.array.shape.first == labelFile.array.shape.first else {
        throw labelFile.array.error(
          expected: "a label for each image of \(Path.name(of: files.images)), which has shape \(file.array.shape)",
          found: "shape \(labelFile.array.shape)", advice: "choose images and labels of the same samples")
      }
      images[name] = file
      labels[name] = try labelFile.array.labels()
    }
    let encoding = try EncodedLabels(labels, as: options.labelChoice.meaning)
    var splits: [SplitName: any SampleSource] = [:]
    for (name, file) in images {
      guard let labels = encoding.labels[name] else { continue }
      splits[name] = try ArraySamples(
        file.array, layout: ImageLayout(of: file.array, options), labels: labels)
    }
    return try ImportedDataset(checking: splits, encoding, file: source)
  }

  /// The paths of the files of a folder; if none is of images, those of the folders in it: some programs unpack each file
  /// into a folder of its name.
  private func files(of folder: SourceFolder) -> [String] {
    let files = folder.names.map(folder.path)
    if files.contains(where: { IDXName(path: $0)?.isImages == true }) { return files }
    let inner = folder.folderNames.compactMap { SourceFolder(folder.path(of: $0)) }.flatMap { $0.names.map($0.path) }
    return inner.contains { IDXName(path: $0) != nil } ? inner : files
  }

  /// The pairs of files among these.
  private func find(in files: [String]) throws -> [SplitName: (images: String, labels: String)] {
    let candidates = files.compactMap { IDXName(path: $0) }.filter(\.isImages)
    guard !candidates.isEmpty else {
      throw DatasetError(
        file: source, object: nil, expected: "files such as train-images-idx3-ubyte.gz",
        found: files.isEmpty ? "an empty folder" : "only \(files.prefix(4).map(Path.name).joined(separator: ", "))",
        advice: "name the folder that has them, or the file of the images")
    }
    var found: [SplitName: (images: String, labels: String)] = [:]
    var names: [SplitName: IDXName] = [:]
    for candidate in candidates {
      if let other = names[candidate.split] {
        // A plain file and its compressed form hold the same, and so do names with a dot and with a hyphen; the plain one
        // is read faster.
        guard other.words == candidate.words else {
          throw DatasetError(
            file: source, object: nil, expected: "one file of images for \(candidate.split)",
            found: "\(Path.name(of: other.path)) and \(Path.name(of: candidate.path))",
            advice: "name the file of the images instead of the folder")
        }
        continue
      }
      names[candidate.split] = candidate
      found[candidate.split] = (candidate.path, try labels(of: candidate, candidate.path, in: files))
    }
    return found
  }

  /// The path of the labels that belong to a file of images by its name.
  private func labels(of images: IDXName?, _ path: String, in files: [String]) throws -> String {
    let labels = files.first { file in
      guard let images, let other = IDXName(path: file) else { return false }
      return !other.isImages && other.stem == images.stem
    }
    guard let labels else { throw withoutLabels(path) }
    return labels
  }

  private func withoutLabels(_ path: String) -> DatasetError {
    DatasetError(
      file: path, object: nil, expected: "its labels beside it, in a file such as train-labels-idx1-ubyte.gz",
      found: "none", advice: "put it there, or name it by --labels FILE")
  }
}

/// The name of a file of the MNIST family, such as `emnist-letters-train-images-idx3-ubyte.gz` or `t10k-labels.idx1-ubyte`.
private struct IDXName {
  let path: String
  /// The words of the name, without the ending `.gz`.
  let words: [Substring]
  let isImages: Bool
  let split: SplitName
  /// What images and labels have in common: the words before these.
  let stem: [Substring]

  /// Nil if the name is none of these.
  init?(path: String) {
    self.path = path
    let name = Path.name(of: path).lowercased()
    words = (name.hasSuffix(".gz") ? String(name.dropLast(3)) : name).split { "-._ ".contains($0) }
    guard let place = words.lastIndex(where: { $0 == "images" || $0 == "labels" }),
      words[place...].contains(where: { $0.hasPrefix("idx") || $0 == "ubyte" })
    else { return nil }
    isImages = words[place] == "images"
    stem = Array(words[..<place])
    let part = stem.last.map(String.init) ?? ""
    split =
      if part == "t10k" { .test } else if case .split(let split)? = PartName(part)?.part { split } else { .train }
  }
}
