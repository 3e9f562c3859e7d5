import HDF5
import Numerics

/// What is wrong with an image store: where, what was expected, what was found, and what to try.
public struct DatasetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The failures that callers tell apart.
  public enum Kind: Sendable {
    /// The file does not exist.
    case notFound
    /// The file is there, but cannot be read.
    case unreadable
    /// The file is there, but is not a valid image store.
    case invalid
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The path of the store.
  public let file: String
  /// The dataset or attribute inside the file; nil if the file as a whole is meant.
  public let object: String?
  /// What a valid store has there.
  public let expected: String
  /// What this one has.
  public let found: String
  /// What to do about it.
  public let advice: String

  init(_ kind: Kind = .invalid, file: String, object: String?, expected: String, found: String, advice: String) {
    self.kind = kind
    self.file = file
    self.object = object
    self.expected = expected
    self.found = found
    self.advice = advice
  }

  /// One line with all of it.
  public var description: String {
    Text.visible("\(file)\(object.map { ", \($0)" } ?? ""): expected \(expected); found \(found); \(advice)")
  }

  /// A store that libhdf5 cannot open.
  init(opening error: HDF5Error) {
    let (found, advice) =
      switch error.kind {
      case .fileNotFound: ("none", "check the path")
      case .unreadable: (error.detail, "check that it is a file which may be read, and that nobody writes to it")
      case .notHDF5: ("a file of another format", "see datasets/README.md for the format")
      case .newer: (error.detail, "h5py does so unless it is told otherwise")
      case .truncated: ("a truncated file (\(error.detail))", "copy it again, the last copy stopped early")
      default: (error.detail, "check that the file can be read and is complete")
      }
    let kind: Kind =
      switch error.kind {
      case .fileNotFound: .notFound
      case .unreadable: .unreadable
      default: .invalid
      }
    self.init(
      kind, file: error.file, object: nil, expected: "an HDF5 file",
      found: found, advice: advice)
  }
}

extension DatasetError {
  /// Makes sure that this machine has memory for so many images, whatever a file says there are.
  static func requireMemory(
    _ count: Int, _ bytesPerImage: Int, for object: String, of file: String
  ) throws(DatasetError) {
    let (bytes, overflows) = count.multipliedReportingOverflow(by: bytesPerImage)
    guard let shortage = MachineMemory.shortage(of: overflows ? .max : bytes) else { return }
    throw DatasetError(
      file: file, object: object, expected: "images that fit into memory", found: shortage,
      advice: "use smaller images, or a machine with more memory")
  }
}
