import Archives

/// Images and labels in one archive of NumPy arrays, such as Keras' `mnist.npz`.
public struct NPZImporter: Importer {
  /// `npz`.
  public static let kind = "npz"
  /// What SOURCE is.
  public static let summary = "a file of numpy.savez; its arrays by name, or by --images and --labels"

  private let file: String
  private let options: ImportOptions

  /// Takes the path of the data, and what the user has said about it.
  public init(source: String, options: ImportOptions) {
    file = source
    self.options = options
  }

  /// Finds the samples.
  ///
  /// - Throws: `DatasetError` or `ArchiveError` that names the file and what is wrong with it.
  public func read(progress: (_ done: Int, _ total: Int) -> Void) throws -> ImportedDataset {
    let pairs = try ArrayPairs(shapes(), images: options.images, labels: options.labelChoice.name, file: file).pairs
    let names = Set(pairs.values.flatMap { [$0.images, $0.labels] })
    var arrays: [String: NPYArray] = [:]
    let archive = try Archive(opening: file, as: .zip)
    while let entry = try archive.next() {
      guard let name = Self.arrayName(entry), names.contains(name) else { continue }
      arrays[name] = try NPYArray(archive, file: file, name: name)
      progress(arrays.count, names.count)
    }
    var found: [SplitName: (images: NPYArray, labels: NPYArray)] = [:]
    for (split, pair) in pairs {
      guard let images = arrays[pair.images], let labels = arrays[pair.labels] else {
        throw DatasetError(
          file: file, object: nil, expected: "arrays \(pair.images) and \(pair.labels)",
          found: "a file that was changed while it was read", advice: "try again")
      }
      found[split] = (images, labels)
    }
    return try ImportedDataset(found, options)
  }

  /// The shape of each array; none for what cannot be read, which is no error unless it is asked for.
  private func shapes() throws -> [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    let archive = try Archive(opening: file, as: .zip)
    while let entry = try archive.next() {
      guard let name = Self.arrayName(entry) else { continue }
      guard shapes[name] == nil else {
        throw DatasetError(
          file: file, object: name, expected: "one array of this name", found: "two",
          advice: "write the file again by numpy.savez")
      }
      do {
        shapes[name] = try NPYHeader(archive, file: file, name: name).shape
      } catch is DatasetError {
        shapes[name] = []
      }
    }
    return shapes
  }

  /// NumPy's name of the array, without the ending of its file; nil if the file is none of NumPy's.
  private static func arrayName(_ entry: Archive.Entry) -> String? {
    entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : nil
  }
}
