/// An archive, or a compressed file, that cannot be read: which, and why.
public struct ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The failures that callers tell apart.
  public enum Kind: Sendable {
    /// There is no such file.
    case missing
    /// The file cannot be read.
    case unreadable
    /// The file is broken, cut off, or of another format.
    case broken
    /// What is in it is larger than it may be.
    case tooLarge
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The file.
  public let file: String
  /// What was expected, what was found, and what to do.
  public let problem: String

  init(_ kind: Kind, _ file: String, _ problem: String) {
    self.kind = kind
    self.file = file
    self.problem = problem
  }

  /// One line with the file and the problem.
  public var description: String { "\(file): \(problem)" }
}
