import HDF5
import Numerics

/// What training would make of a store: its parts, its classes, and what is worth knowing before.
public struct StoreInspection: Sendable, Encodable {
  /// A part.
  public struct Part: Sendable, Encodable {
    /// Its name.
    public let split: String
    /// The number of samples.
    public let count: Int
    /// The shape of an image, `[H, W, C]`.
    public let imageShape: [Int]
    /// The type of a pixel in memory, "uint8" or "float32".
    public let storage: String
    /// The memory that the pixels take, all of them.
    public let byteCount: Int
    /// Where the images are: the file and the dataset.
    public let images: String
    /// Where the labels are.
    public let labels: String
    /// What the labels are.
    public let labelKind: String
    /// How many samples each class has; empty if labels are values.
    public let classCounts: [Int]
    /// The range of the pixels; nil if it was not asked for.
    public let pixels: PixelStatistics?
  }

  /// The parts, in the order train, validation, test.
  public let parts: [Part]
  /// The names of the classes; empty if there are none.
  public let classNames: [String]
  /// What is worth knowing, a sentence each.
  public let hints: [String]

  /// Looks at all labels, and at all pixels if asked to, about 16 MiB at a time.
  ///
  /// - Throws: `DatasetError` that says why the store cannot be trained from; `HDF5Error` if a read fails.
  public init(of store: ImageStore, pixels: Bool) throws {
    var parts: [Part] = []
    var hints = store.warnings
    for name in SplitName.allCases where store.splits[name] != nil {
      let split = try store.split(name)
      let place = try store.part(name)
      let classes = try ClassTally(of: store, name, split)
      let statistics = pixels ? try PixelStatistics(of: store, split: name) : nil
      parts.append(
        Part(
          split: name.rawValue, count: split.count, imageShape: split.imageShape,
          storage: split.storage == .uint8 ? "uint8" : "float32",
          byteCount: split.count * split.elementsPerImage * split.storage.byteCount,
          images: place.images.description(place.axes == .nhwc ? "" : ":\(place.axes.rawValue)"),
          labels: place.labels.source.description(""), labelKind: place.labels.encoding.description(split),
          classCounts: classes.counts, pixels: statistics))
      if let hint = try Self.readingHint(place, split) { hints.append(hint) }
      if name == .train { hints += Self.trainingHints(place, split, classes, statistics) }
    }
    if store.splits[.validation] == nil && store.splits[.test] == nil {
      hints.append(
        "no validation or test split: nothing is evaluated while training; --validation-fraction 0.2 takes the last fifth, "
          + "--validation-store FILE another file")
    }
    self.parts = parts
    self.hints = hints
    classNames = store.classNames
  }

  // MARK: Hints

  /// What to know of the samples that are trained on.
  private static func trainingHints(
    _ place: StoredPart, _ split: Split, _ classes: ClassTally, _ pixels: PixelStatistics?
  ) -> [String] {
    var hints: [String] = []
    // Large inputs make large gradients; the digits' 0 to 16 are fine.
    if let pixels, pixels.maximum > 16 {
      hints.append(
        "pixels reach \(pixels.maximum), and are fed as they are: begin the model with Rescaling: {scale: "
          + (pixels.maximum <= 255 ? "1/255" : "1/\(pixels.maximum)") + "}, or with Normalization")
    }
    // Of many samples in any other order some neighbours are out of order.
    let counts = classes.counts
    if counts.count(where: { $0 > 0 }) > 1 && classes.areSorted {
      hints.append(
        "the samples are sorted by class: shards of the order 'sharded' have few classes each, and a validation fraction "
          + "has other classes than the rest; use --order global, or shuffle the samples before they are written")
    }
    let missing = counts.indices.filter { counts[$0] == 0 }
    if !missing.isEmpty {
      hints.append(
        "\(missing.count) of \(Text.count(counts.count, "class")) have no sample in train, the first is class \(missing[0])"
      )
    }
    return hints
  }

  /// What makes reading slow, if anything does.
  private static func readingHint(_ place: StoredPart, _ split: Split) throws -> String? {
    let dataset = try place.images.openNumbers()
    let rewrite =
      "; h5repack -l \(place.images.path):CONTI -f \(place.images.path):NONE \(place.images.file.name) new.h5 "
      + "writes it in one piece"
    if dataset.filters.contains(.deflate) {
      return "\(place.images.path) is compressed, which is read many times more slowly\(rewrite)"
    }
    guard let chunks = dataset.chunkShape else { return nil }
    if zip(chunks, dataset.shape).dropFirst().contains(where: { $0.0 < $0.1 }) {
      return
        "chunks \(chunks) of \(place.images.path) hold parts of images, so a few images are gathered from many chunks"
        + rewrite
    }
    let bytes = chunks.reduce(dataset.elementType.byteCount, *)
    if bytes < 64 << 10 && split.count > chunks[0] && dataset.elementCount > 1 << 20 {
      return "chunks \(chunks) of \(place.images.path) have only \(bytes) bytes\(rewrite)"
    }
    return nil
  }
}

extension StoredDataset {
  /// The file and the path, with what is said behind it.
  fileprivate func description(_ end: String) -> String { "\(file.name):\(path)\(end)" }
}

extension LabelEncoding {
  /// What labels are, in a few words.
  fileprivate func description(_ split: Split) -> String {
    switch (self, split.labels) {
    case (.oneHot, .classes(let count)): "\(Text.count(count, "class")), stored as one-hot rows"
    case (.name, .classes(let count)): "\(Text.count(count, "class")), stored as names"
    case (_, .classes(let count)): Text.count(count, "class")
    case (_, .values(1)): "one number to predict"
    case (_, .values(let width)): "\(Text.count(width, "number")) to predict"
    }
  }
}

/// How many samples each class of a part has, and whether they come in the order of their classes.
private struct ClassTally {
  private(set) var counts: [Int] = []
  private(set) var areSorted = true

  init(of store: ImageStore, _ name: SplitName, _ split: Split) throws {
    guard case .classes(let count) = split.labels else { return }
    counts = [Int](repeating: 0, count: count)
    var last = Int32.min
    for block in try store.part(name).labels.blocks(of: 0..<split.count) {
      for label in try store.classLabels(of: name, block) {
        counts[Int(label)] += 1
        areSorted = areSorted && label >= last
        last = label
      }
    }
  }
}
