import HDF5

/// Writes image stores.
public enum ImageStoreWriter {
  /// The samples of one part.
  public struct Samples: Sendable {
    /// The pixels, in row-major order `[N, H, W, C]`.
    public enum Images: Sendable {
      /// One byte each.
      case uint8([UInt8])
      /// One `Float` each.
      case float32([Float])
    }

    /// The pixels, in row-major order `[N, H, W, C]`.
    public var images: Images
    /// The shape of an image, `[H, W, C]`.
    public var imageShape: [Int]
    /// The labels of the `N` samples.
    public var labels: StoredSamples.Labels

    /// Creates the samples of a part.
    public init(images: Images, imageShape: [Int], labels: StoredSamples.Labels) {
      self.images = images
      self.imageShape = imageShape
      self.labels = labels
    }

    /// The number of samples.
    public var count: Int {
      switch labels {
      case .classes(let classes): classes.count
      case .values(let values, let width): values.count / width
      }
    }
  }

  /// Writes a store at `path`, replacing a file that is there; the same samples give the same bytes.
  ///
  /// The file is built in memory, which takes twice its size.
  ///
  /// - Throws: `HDF5Error` if images and labels are not of the same number; `FileWriteError` if the file cannot be written.
  public static func write(_ splits: [SplitName: Samples], classNames: [String] = [], to path: String) throws {
    try AtomicFile.write(image(splits, classNames: classNames, name: path), to: path)
  }

  /// The bytes of a store; `name` is for messages.
  static func image(_ splits: [SplitName: Samples], classNames: [String], name: String) throws -> [UInt8] {
    let file = try File.inMemory(name: name)
    try file.writeAttribute("format", ImageStore.format, of: "/")
    try file.writeAttribute("version", ImageStore.version, of: "/")
    if !classNames.isEmpty { try file.writeAttribute("class_names", classNames, of: "/") }
    for name in SplitName.allCases {
      guard let samples = splits[name] else { continue }
      let location = Location(name)
      let shape = [samples.count] + samples.imageShape
      switch samples.images {
      case .uint8(let pixels): try file.write(pixels, shape: shape, to: location.images)
      case .float32(let pixels): try file.write(pixels, shape: shape, to: location.images)
      }
      switch samples.labels {
      case .classes(let classes): try file.write(classes, shape: [classes.count], to: location.labels)
      case .values(let values, 1): try file.write(values, shape: [values.count], to: location.labels)
      case .values(let values, let width): try file.write(values, shape: [samples.count, width], to: location.labels)
      }
    }
    return try file.image()
  }
}
