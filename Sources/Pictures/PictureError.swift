/// A picture that cannot be read or written: which, and why.
public struct PictureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The failures that callers tell apart.
  public enum Kind: Sendable {
    /// There is no such file.
    case missing
    /// The file cannot be read.
    case unreadable
    /// The file is no picture, or of a format that is not known.
    case unknownFormat
    /// The file is a picture, but broken or cut off.
    case broken
    /// The picture has more pixels than ``Picture/maximumPixelCount``.
    case tooLarge
    /// The picture cannot be encoded.
    case notEncoded
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The file, or what the bytes were called.
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
