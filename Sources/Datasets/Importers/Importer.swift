import Pictures

/// Reads image data of one kind from outside.
///
/// A new kind is one file and one line in ``ImporterRegistry``.
public protocol Importer: Sendable {
  /// What `cnn-dist dataset import` calls it.
  static var kind: String { get }
  /// What SOURCE is, in a line of the help.
  static var summary: String { get }

  /// Takes the path of the data, and what the user has said about it.
  init(source: String, options: ImportOptions)

  /// Finds the samples, and checks them as far as can be done without their pixels.
  ///
  /// - Parameter progress: told now and then how far a long preparation (decoding pictures) has come: so many of so many.
  /// - Throws: `DatasetError`, `ArchiveError` or `PictureError` that names the file and what is wrong with it.
  func read(progress: (_ done: Int, _ total: Int) -> Void) throws -> ImportedDataset
}

/// What can be said about data to be imported; each importer takes what concerns it.
public struct ImportOptions: Sendable {
  /// How a picture becomes one of the size that is asked for.
  public typealias Fit = Picture.Fit

  /// The height and width that pictures are brought to; nil leaves them, and all must be of one size.
  public var size: (height: Int, width: Int)?
  /// The channels of images whose rows of numbers do not tell; nil finds them by `size`.
  public var channels: Int?
  /// Whether such a row has one channel after the other, instead of the channels of each pixel together.
  public var isPlanar = false
  /// How they are brought there.
  public var fit = Fit.stretch
  /// Whether pictures become grey.
  public var grey = false
  /// Whether a broken picture ends the import; else it is named, counted and left out.
  public var strict = false
  /// The name of the images in a file of several arrays; nil finds them.
  public var images: String?
  /// The name of the labels in a file of several arrays, or of a column; nil finds them.
  ///
  /// `:classes` or `:values` at the end says what the numbers are, where their type leaves it open.
  public var labels: String?
  /// How many threads decode; nil is one for each core.
  public var threads: Int?
  /// The folder for what does not fit into memory until it is in the store; nil is `$TMPDIR`, or /tmp.
  public var temporaryFolder: String?

  /// No wishes.
  public init() {}

  /// What ``labels`` says: a name, and what the numbers are.
  var labelChoice: (name: String?, meaning: LabelMeaning?) {
    guard let labels, let colon = labels.lastIndex(of: ":"),
      let meaning = LabelMeaning(rawValue: labels[labels.index(after: colon)...].lowercased())
    else { return (labels, nil) }
    return (colon == labels.startIndex ? nil : String(labels[..<colon]), meaning)
  }
}

/// What an importer has found.
public struct ImportedDataset: Sendable {
  /// The samples of the parts that the data has; data that is not divided is all `train`.
  public var splits: [SplitName: any SampleSource]
  /// The names of the classes, in the order of their numbers; empty if there are none.
  public var classNames: [String]
  /// What was left out, a line each: the file and the reason.
  public var skipped: [String]
  /// How what could mean several things was taken, a sentence each.
  public var notes: [String]

  /// Creates the description of what was found.
  public init(
    splits: [SplitName: any SampleSource], classNames: [String] = [], skipped: [String] = [], notes: [String] = []
  ) {
    self.splits = splits
    self.classNames = classNames
    self.skipped = skipped
    self.notes = notes
  }
}

/// All kinds of data that can be imported.
public enum ImporterRegistry {
  /// The kinds; a new one is a line here.
  public static let all: [any Importer.Type] = [
    FolderImporter.self,
    IDXImporter.self,
    CIFAR10Importer.self,
    CIFAR100Importer.self,
    NPZImporter.self,
    NPYImporter.self,
    CSVImporter.self,
  ]
}
