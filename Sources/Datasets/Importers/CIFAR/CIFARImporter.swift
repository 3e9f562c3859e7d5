import Archives

/// The binary version of CIFAR-10: a byte for the class, then the planes red, green, blue of 32×32 pixels.
public struct CIFAR10Importer: Importer {
  /// `cifar10`.
  public static let kind = "cifar10"
  /// What SOURCE is.
  public static let summary = "cifar-10-binary.tar.gz, or the folder cifar-10-batches-bin"

  private let source: String

  /// Takes the path of the data, and what the user has said about it.
  public init(source: String, options: ImportOptions) { self.source = source }

  /// Finds the samples.
  ///
  /// - Throws: `DatasetError` or `ArchiveError` that names the file and what is wrong with it.
  public func read(progress: (_ done: Int, _ total: Int) -> Void) throws -> ImportedDataset {
    try CIFARVersion(
      folder: "cifar-10-batches-bin", train: (1...5).map { "data_batch_\($0).bin" }, test: "test_batch.bin",
      python: ["data_batch_1", "test_batch", "batches.meta"], labelsPerSample: 1, label: 0, classCount: 10,
      names: "batches.meta.txt"
    ).read(source)
  }
}

/// The binary version of CIFAR-100: bytes for the coarse and the fine class, then the planes red, green, blue of 32×32 pixels.
public struct CIFAR100Importer: Importer {
  /// `cifar100`.
  public static let kind = "cifar100"
  /// What SOURCE is.
  public static let summary = "cifar-100-binary.tar.gz, or the folder cifar-100-binary; --labels fine or coarse"

  private let source: String
  private let labels: String

  /// Takes the path of the data, and what the user has said about it.
  public init(source: String, options: ImportOptions) {
    self.source = source
    labels = options.labels ?? "fine"
  }

  /// Finds the samples.
  ///
  /// - Throws: `DatasetError` or `ArchiveError` that names the file and what is wrong with it.
  public func read(progress: (_ done: Int, _ total: Int) -> Void) throws -> ImportedDataset {
    guard ["fine", "coarse"].contains(labels) else {
      throw DatasetError(
        file: source, object: nil, expected: "--labels fine or coarse", found: labels,
        advice: "fine are the 100 classes, coarse the 20 that they are grouped into")
    }
    let isFine = labels == "fine"
    return try CIFARVersion(
      folder: "cifar-100-binary", train: ["train.bin"], test: "test.bin", python: ["train", "test", "meta"],
      labelsPerSample: 2, label: isFine ? 1 : 0, classCount: isFine ? 100 : 20, names: "\(labels)_label_names.txt"
    ).read(source)
  }
}

/// In what CIFAR-10 and CIFAR-100 differ.
private struct CIFARVersion {
  let folder: String
  let train: [String]
  let test: String
  /// Files of the version for Python.
  let python: [String]
  let labelsPerSample: Int
  /// Which of a sample's labels is taken.
  let label: Int
  let classCount: Int
  /// The file that names the classes.
  let names: String

  private static let pixelBytes = 3 * 32 * 32

  func read(_ path: String) throws -> ImportedDataset {
    let files = try CIFARFiles(path, wanted: train + [test, names], folderName: folder)
    let missing = (train + [test]).filter { files.sources[$0] == nil }
    guard missing.isEmpty else { throw withoutFiles(files, missing) }
    let classNames = try files.lines(of: names)
    guard classNames.isEmpty || classNames.count == classCount else {
      throw DatasetError(
        file: path, object: names, expected: "\(classCount) names", found: "\(classNames.count)",
        advice: "get the data set again")
    }
    return ImportedDataset(
      splits: [.train: try samples(train, of: files), .test: try samples([test], of: files)], classNames: classNames)
  }

  /// The samples of files one after the other.
  private func samples(_ names: [String], of files: CIFARFiles) throws -> ArraySamples {
    let stride = labelsPerSample + Self.pixelBytes
    var parts: [ArraySamples.Part] = []
    var classes: [Int32] = []
    for name in names {
      guard let source = files.sources[name] else { continue }
      guard source.count > 0, source.count % stride == 0 else {
        throw DatasetError(
          file: files.path, object: name, expected: "samples of \(stride) bytes each", found: "\(source.count) bytes",
          advice: "get the data set again, in its binary version")
      }
      for index in 0..<source.count / stride {
        let number = try source.bytes(index * stride + label..<index * stride + label + 1)[0]
        guard number < classCount else {
          throw DatasetError(
            file: files.path, object: name, expected: "classes from 0 to \(classCount - 1)",
            found: "\(number) in sample \(index)", advice: "get the data set again, in its binary version")
        }
        classes.append(Int32(number))
      }
      parts.append(.init(source: source, start: labelsPerSample, stride: stride, count: source.count / stride))
    }
    return ArraySamples(
      file: files.path, parts: parts, layout: ImageLayout(imageShape: [32, 32, 3], isChannelsFirst: true),
      labels: .classes(classes))
  }

  private func withoutFiles(_ files: CIFARFiles, _ missing: [String]) -> DatasetError {
    let isPython = files.names.contains(where: python.contains)
    let isMATLAB = files.names.contains { $0.hasSuffix(".mat") }
    let list = files.names.isEmpty ? "no files" : "only \(files.names.prefix(8).joined(separator: ", "))"
    return DatasetError(
      file: files.path, object: nil, expected: missing.joined(separator: ", "),
      found: isPython ? "the version for Python" : isMATLAB ? "the version for MATLAB" : list,
      advice: "get the binary version, \(folder == "cifar-100-binary" ? folder : "cifar-10-binary").tar.gz, from "
        + "https://www.cs.toronto.edu/~kriz/cifar.html")
  }
}
