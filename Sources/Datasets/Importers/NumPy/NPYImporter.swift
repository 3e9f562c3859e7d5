import Archives
import Numerics

/// Images and labels in a .npy file each.
public struct NPYImporter: Importer {
  /// `npy`.
  public static let kind = "npy"
  /// What SOURCE is.
  public static let summary = "a file of images with its --labels FILE.npy, or a folder of x_train.npy, y_train.npy, …"

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
    guard let folder = SourceFolder(source) else { return try readFile() }
    var paths: [String: String] = [:]
    for name in folder.names {
      guard let array = Self.arrayName(name) else { continue }
      // Of a file and its compressed form either will do.
      paths[array] = folder.path(of: name)
    }
    let shapes = try paths.mapValues { path in
      do {
        return try NPYHeader(CompressedFile.stream(of: path), file: path, name: nil).shape
      } catch is DatasetError {
        return []
      }
    }
    func name(_ option: String?) -> String? { option.map { Self.arrayName(Path.name(of: $0)) ?? $0 } }
    let pairs = try ArrayPairs(
      shapes, images: name(options.images), labels: name(options.labelChoice.name), file: source
    ).pairs
    var arrays: [SplitName: (images: NPYArray, labels: NPYArray)] = [:]
    for (split, pair) in pairs {
      guard let images = paths[pair.images], let labels = paths[pair.labels] else { continue }
      arrays[split] = (try Self.array(images), try Self.array(labels))
    }
    return try ImportedDataset(arrays, options)
  }

  /// The source is the file of the images; that of the labels is named, or stands beside it.
  private func readFile() throws -> ImportedDataset {
    let images = try Self.array(source)
    let labels = try Self.array(options.labelChoice.name ?? labelsBeside())
    return try ImportedDataset([.train: (images, labels)], options)
  }

  /// The only file in the same folder whose name says that it has the labels of the same part.
  private func labelsBeside() throws -> String {
    let name = Path.name(of: source)
    let role = Self.arrayName(name).flatMap(ArrayRole.init)
    let folder = SourceFolder(of: source)
    let candidates = (folder?.names ?? []).filter { other in
      guard let role, role.isImages, let otherRole = Self.arrayName(other).flatMap(ArrayRole.init) else { return false }
      return !otherRole.isImages && otherRole.split == role.split
    }
    guard candidates.count == 1, let folder else {
      throw DatasetError(
        file: source, object: nil, expected: "a file of labels beside it",
        found: candidates.isEmpty ? "none" : candidates.joined(separator: ", "), advice: "name it by --labels FILE.npy")
    }
    return folder.path(of: candidates[0])
  }

  private static func array(_ path: String) throws -> NPYArray {
    try NPYArray(CompressedFile.stream(of: path), file: path, name: nil)
  }

  /// A file's name without its ending; nil if it is no .npy file.
  private static func arrayName(_ name: String) -> String? {
    for ending in [".npy", ".npy.gz"] where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
    return nil
  }
}
