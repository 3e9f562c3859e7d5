import Numerics
import Pictures

/// Imports pictures from a folder with one folder per class, as `image_dataset_from_directory` of Keras reads it.
///
/// Above the class folders there may be `train`, `validation` and `test`, under these names or similar ones (``PartName``).
/// Names of folders are the names of classes; pictures lie in them at any depth. What is a picture is decided by content. Grey pictures become colour unless
/// all are to be grey, as with Keras' default. JPEG files are taken as they are stored: notes on how the camera was held
/// are not followed, as Keras does not.
public struct FolderImporter: Importer {
  /// What `cnn-dist dataset import` calls it.
  public static let kind = "folder"
  /// What SOURCE is, in a line of the help.
  public static let summary = "a folder with one folder of pictures per class (\(Picture.formats))"

  private let source: String
  private let options: ImportOptions

  /// Takes the path of the folder.
  public init(source: String, options: ImportOptions) {
    // Paths are made from it.
    self.source = Path.withoutSlashes(source)
    self.options = options
  }

  /// Decodes all pictures into a temporary file.
  ///
  /// - Throws: `DatasetError` if the folder has another layout, if pictures without `size` differ in theirs, or if a class
  ///   has no picture to learn from; `PictureError` of a broken picture if the options are strict; `FileWriteError` if the
  ///   disk is full.
  public func read(progress: (_ done: Int, _ total: Int) -> Void) throws -> ImportedDataset {
    if let size = options.size {
      let (count, overflows) = size.height.multipliedReportingOverflow(by: size.width)
      guard size.height > 0, size.width > 0, !overflows, count <= Picture.maximumPixelCount else {
        throw DatasetError(
          file: source, object: nil, expected: "a size of 1 to \(Picture.maximumPixelCount) pixels",
          found: "\(size.height)x\(size.width)", advice: "choose a size that a network can take, such as 150x150")
      }
    }
    let folder = try PictureFolder(listing: source)
    if options.strict, let unreadable = folder.unreadable.first {
      throw DatasetError(
        file: source, object: nil, expected: "folders that can be read", found: unreadable,
        advice: "check its permissions")
    }
    guard !folder.files.isEmpty else { throw layoutError(folder) }
    let decoding = try PictureDecoding(folder.files, options: options, source: source)
    let results = try decoding.run(progress: progress)

    var skipped = folder.unreadable
    var slots: [SplitName: [Int]] = [:]
    var broken: [Int: [PictureError]] = [:]
    var deep: [String] = []
    for (index, (file, result)) in zip(folder.files, results).enumerated() {
      switch result {
      case .decoded(let wasDeep):
        slots[file.split, default: []].append(index)
        if wasDeep { deep.append(file.name) }
      case .broken(let error):
        skipped.append(error.description)
        broken[file.classNumber, default: []].append(error)
      case .noPicture, .waiting: break
      }
    }
    let trained = Set((slots[.train] ?? []).map { folder.files[$0].classNumber })
    if let number = folder.classNames.indices.first(where: { !trained.contains($0) }) {
      let broken = broken[number].map { ", but \($0.count) that cannot be read, such as \($0[0])" } ?? ""
      throw DatasetError(
        file: source, object: "class \(printable(Array(folder.classNames[number].utf8CString)))",
        expected: "pictures (\(Picture.formats)) to learn from", found: "none\(broken)",
        advice: "add some, or remove its folder")
    }
    skipped += loosePictures(folder.loose)
    skipped += folder.unlabeled.map { "\(printable($0.path)): pictures without labels" }
    let splits = slots.mapValues { slots in
      DecodedPictures(
        decoding, slots: slots, labels: slots.map { Int32(folder.files[$0].classNumber) }) as any SampleSource
    }
    return ImportedDataset(
      splits: splits, classNames: folder.classNames, skipped: skipped,
      notes: deep.first.map { [Self.deepNote($0, deep.count)] } ?? [])
  }

  /// What has become of pictures of 16 bits a value.
  private static func deepNote(_ name: String, _ count: Int) -> String {
    "\(count) picture\(count == 1 ? "" : "s") of 16 bits a value, such as \(name): the values were divided by 256, which "
      + "leaves little of a camera's 12 bits (3,500 becomes 13); to keep them, save the array by numpy.save and import npy"
  }

  /// The error for a folder without class folders, or with nothing in them.
  private func layoutError(_ folder: PictureFolder) -> DatasetError {
    let found =
      if !folder.classNames.isEmpty {
        "\(folder.classNames.count) folders with no file in them"
      } else if folder.loose.contains(where: Picture.isPicture(file:)) {
        "pictures that are in none"
      } else {
        "no folder"
      }
    return DatasetError(
      file: source, object: nil, expected: "one folder per class with its pictures, such as \(source)/cats/1.jpg",
      found: found, advice: "make a folder for each class, named as the class, and move its pictures there")
  }

  /// A line about the pictures beside the class folders, if there are any.
  private func loosePictures(_ paths: [[CChar]]) -> [String] {
    let pictures = paths.filter(Picture.isPicture(file:))
    guard let first = pictures.first else { return [] }
    return ["\(printable(first)): in no class folder" + (pictures.count > 1 ? ", like \(pictures.count - 1) more" : "")]
  }
}

/// The pictures of a split, from the spool.
private final class DecodedPictures: SampleSource {
  let imageShape: [Int]
  let storage = Split.Storage.uint8
  let labels: StoredSamples.Labels
  private let spool: SpoolFile
  /// Where in the spool each picture lies.
  private let slots: [Int]

  init(_ decoding: PictureDecoding, slots: [Int], labels: [Int32]) {
    imageShape = decoding.imageShape
    spool = decoding.spool
    self.slots = slots
    self.labels = .classes(labels)
  }

  func copyImage(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    try spool.read(slots[index], into: bytes)
  }
}
