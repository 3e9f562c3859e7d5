import HDF5

/// The parts of an image store.
public enum SplitName: String, CaseIterable, Sendable {
  /// The samples that gradients are computed from.
  case train
  /// The samples that choices are made by.
  case validation
  /// The samples that are looked at last.
  case test
}

/// What one part of a store holds.
public struct Split: Sendable, Equatable {
  /// How pixels are kept in memory.
  public enum Storage: Sendable, Equatable {
    /// One byte each, as in the file.
    case uint8
    /// `Float`; every type but uint8 is converted to it.
    case float32

    /// The size of a pixel in bytes.
    public var byteCount: Int { self == .uint8 ? 1 : 4 }
  }

  /// What a label is.
  public enum Labels: Sendable, Equatable {
    /// The number of a class, below `count`.
    case classes(count: Int)
    /// `width` real numbers.
    case values(width: Int)
  }

  /// The number of samples.
  public let count: Int
  /// The shape of an image, `[H, W, C]`.
  public let imageShape: [Int]
  /// How its pixels are kept in memory.
  public let storage: Storage
  /// What its labels are.
  public let labels: Labels

  /// The number of values of an image, `H * W * C`.
  public var elementsPerImage: Int { imageShape.reduce(1, *) }
  /// The memory of an image, in bytes.
  public var bytesPerImage: Int { elementsPerImage * storage.byteCount }

  /// The same but for the number of samples.
  func with(count: Int) -> Split {
    Split(count: count, imageShape: imageShape, storage: storage, labels: labels)
  }
}

/// An HDF5 file of labelled images, open for reading and checked: shapes, types, and every label.
///
/// `datasets/README.md` describes our own format, and the others that are understood. Safe to use from several threads.
public final class ImageStore: Sendable {
  /// The value of the attribute `format` of the file.
  public static let format = "cnn-dist image store"
  /// The version of the format, the attribute `version` of the file.
  public static let version = 1

  /// The path of the file.
  public let path: String
  /// The names of the classes, in the order of their numbers; empty if the store names none.
  public let classNames: [String]
  /// The parts that the store has; `train` is always there.
  public let splits: [SplitName: Split]

  /// What is worth knowing before training on it, a sentence each.
  public let warnings: [String]

  private let parts: [SplitName: StoredPart]

  /// Opens a store, of our own format or of one that is understood, and checks it.
  ///
  /// - Throws: `DatasetError`, of kind `.notFound` if a file does not exist; `HDF5Error` if a read fails.
  public convenience init(opening path: String) throws { try self.init(opening: StoreSelection(path)) }

  /// Opens the samples that are selected, and checks them.
  ///
  /// A `validationStore` gives its part `validation` if it has one, or else its `test`, or else its `train`. Of a
  /// `validationFraction` f the first ⌊N · (1 − f)⌋ samples of the training part stay, as in Keras.
  ///
  /// - Throws: as ``init(opening:)``, and `DatasetError` if there would be two parts `validation`.
  public init(opening selection: StoreSelection) throws {
    path = selection.path
    let layout = try StoreLayout(of: selection)
    var header = try StoreHeader(checking: layout)
    let warning = try selection.validationFraction.flatMap { try header.divide($0, selection.path) }
    warnings = header.notes + (warning.map { [$0] } ?? [])
    classNames = header.classNames
    splits = header.splits
    parts = header.parts
  }

  /// The part of this name.
  ///
  /// - Throws: `DatasetError` that lists the parts there are.
  public func split(_ name: SplitName) throws -> Split {
    guard let split = splits[name] else {
      throw DatasetError(
        file: path, object: "/\(name)", expected: "a group with images and labels",
        found: "only \(SplitName.allCases.filter { splits[$0] != nil }.map(\.rawValue).joined(separator: ", "))",
        advice: "choose a split that the store has, or add this one")
    }
    return split
  }

  /// Where the samples of a part lie.
  func part(_ name: SplitName) throws -> StoredPart {
    guard let part = parts[name] else {
      _ = try split(name)
      preconditionFailure("a split without a place")
    }
    return part
  }

  /// The classes of samples.
  func classLabels(of name: SplitName, _ range: Range<Int>) throws -> [Int32] {
    let part = try part(name)
    return try part.labels.classes(part.inDataset(range))
  }

  /// The values of samples, `[samples, width]`.
  func valueLabels(of name: SplitName, _ range: Range<Int>) throws -> [Float] {
    let part = try part(name)
    return try part.labels.values(part.inDataset(range))
  }

  /// Makes sure that this machine has memory for so many images.
  func requireMemory(_ count: Int, _ bytesPerImage: Int, for object: String) throws(DatasetError) {
    try DatasetError.requireMemory(count, bytesPerImage, for: object, of: path)
  }

  /// Makes sure that this machine has memory for the batches that a ``BatchLoader`` prepares.
  ///
  /// - Throws: `DatasetError` that says how much there is.
  public func requireMemory(forBatches byteCount: Int) throws(DatasetError) {
    try requireMemory(1, byteCount, for: "its images as batches of floating-point numbers")
  }

  /// Makes sure that this machine has memory for one image as it is trained on, before any is read: a few bytes can stand
  /// for thousands of millions of pixels, which take minutes to unpack.
  ///
  /// - Throws: `DatasetError` that says how much there is.
  public func requireMemoryForAnImage(of name: SplitName) throws {
    let pixels = try split(name).imageShape.reduce(1, *)
    try requireMemory(pixels, MemoryLayout<Float>.stride, for: "one of its images as floating-point numbers")
  }

  /// The number of images of each part that enter the fingerprint.
  private static let imagesInFingerprint = 64

  /// Hands out, piece by piece, bytes by which two stores can be told apart; the caller hashes them.
  ///
  /// They are shapes, types and class names, all labels, and the pixels of up to 64 evenly spaced images of each part.
  /// The same store gives the same bytes every time.
  public func fingerprint(update: (UnsafeRawBufferPointer) -> Void) throws {
    func add(_ text: String) { Array(text.utf8).withUnsafeBytes(update) }
    add("\(Self.format) \(Self.version) \(classNames)\n")
    for name in SplitName.allCases {
      guard let split = splits[name] else { continue }
      add("\(name) \(split.count) \(split.imageShape) \(split.storage) \(split.labels)\n")
      for block in try part(name).labels.blocks(of: 0..<split.count) {
        switch split.labels {
        case .classes: try classLabels(of: name, block).withUnsafeBytes(update)
        case .values: try valueLabels(of: name, block).withUnsafeBytes(update)
        }
      }
      let reader = try PixelReader(of: self, split: name)
      let imageCount = min(Self.imagesInFingerprint, split.count)
      for image in 0..<imageCount {
        let index = image * split.count / imageCount
        switch split.storage {
        case .uint8: try reader.values(index..<index + 1, as: UInt8.self).withUnsafeBytes(update)
        case .float32: try reader.values(index..<index + 1, as: Float.self).withUnsafeBytes(update)
        }
      }
    }
  }
}
