/// What failed in which file, and why.
public struct HDF5Error: Error, Sendable, Equatable, CustomStringConvertible {
  /// The failures that callers tell apart.
  public enum Kind: Sendable {
    /// The file does not exist.
    case fileNotFound
    /// The file may not be read, or another program has it open for writing.
    case unreadable
    /// The file holds no object of this path, or the object no attribute of this name.
    case objectNotFound
    /// The file is not an HDF5 file.
    case notHDF5
    /// The file is shorter than it says.
    case truncated
    /// The file uses a feature that is refused because it reaches outside the file or allows it to lie about its size.
    case refused
    /// An object has a form that this libhdf5 does not know, because a newer one wrote it or because it is damaged.
    case newer
    /// A value has another type or shape than the one asked for.
    case mismatch
    /// libhdf5 reports any other failure.
    case failed
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The path of the file, or the name given to a file in memory.
  public let file: String
  /// What was attempted: a verb and its object, say "open dataset /train/images".
  public let operation: String
  /// Why it failed: the first and the last line of libhdf5's error stack, or a sentence.
  public let detail: String

  init(_ kind: Kind, file: String, operation: String, detail: String) {
    self.kind = kind
    self.file = file
    self.operation = operation
    self.detail = detail
  }

  /// One line that names file, operation and cause.
  public var description: String { "\(file): cannot \(operation): \(detail)" }
}
