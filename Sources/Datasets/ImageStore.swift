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
}

/// An HDF5 file of labelled images, open for reading and checked: shapes, types, and every label.
///
/// `datasets/README.md` describes the format. Safe to use from several threads.
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

  private let file: File

  /// Opens a store and checks it.
  ///
  /// - Throws: `DatasetError`, of kind `.notFound` if the file does not exist; `HDF5Error` if a read fails.
  public init(opening path: String) throws {
    self.path = path
    do {
      file = try File(opening: path)
    } catch {
      throw DatasetError(opening: error)
    }
    let header = try StoreHeader(checking: file)
    classNames = header.classNames
    splits = header.splits
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

  /// Opens the images of a part, `[N, H, W, C]`.
  func images(of name: SplitName) throws -> Dataset { try file.dataset(at: Location(name).images) }

  /// The classes of samples.
  func classLabels(of name: SplitName, _ range: Range<Int>) throws -> [Int32] {
    try file.dataset(at: Location(name).labels).values(rows: range)
  }

  /// The values of samples, `[samples, width]`.
  func valueLabels(of name: SplitName, _ range: Range<Int>) throws -> [Float] {
    try file.dataset(at: Location(name).labels).values(rows: range)
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
      switch split.labels {
      case .classes: try classLabels(of: name, 0..<split.count).withUnsafeBytes(update)
      case .values: try valueLabels(of: name, 0..<split.count).withUnsafeBytes(update)
      }
      let images = try images(of: name)
      let imageCount = min(Self.imagesInFingerprint, split.count)
      for image in 0..<imageCount {
        let index = image * split.count / imageCount
        switch split.storage {
        case .uint8: try images.values(rows: index..<index + 1, as: UInt8.self).withUnsafeBytes(update)
        case .float32: try images.values(rows: index..<index + 1, as: Float.self).withUnsafeBytes(update)
        }
      }
    }
  }
}
