import Checksums
import HDF5

/// Writes an image store of any size: no more of it is held in memory than its labels and a few megabytes.
///
/// libhdf5 makes the file's skeleton and says where each dataset lies; the bytes are put there by checked writes into a
/// file whose space is reserved, and which has its name only when it is whole. Samples are taken from each source in the
/// source's own order and written to their place, so shuffling costs a source nothing. The same samples give the same bytes.
public struct StoreWriter {
  /// What has been written.
  public struct Result: Sendable, Equatable {
    /// The size of the file.
    public let byteCount: Int
    /// The number of samples.
    public let sampleCount: Int
  }

  /// What takes time.
  public enum Phase: Sendable, Equatable {
    /// Samples go to their places.
    case samples
    /// Blocks are read back for their checksums.
    case checksums
  }

  private let parts: [SplitName: StorePart]
  private let classNames: [String]

  /// Takes the parts of a store and the names of its classes, which may be none.
  public init(_ parts: [SplitName: StorePart], classNames: [String] = []) {
    self.parts = parts
    self.classNames = classNames
  }

  /// Writes the store, with its checksums.
  ///
  /// - Parameters:
  ///   - path: where the store is to be.
  ///   - replacing: whether it may take the place of a file that is there.
  ///   - progress: told after every few samples or blocks how many of how many are done.
  /// - Throws: `DatasetError` if there are no samples; `FileWriteError` if the store cannot be written; what a source throws.
  public func write(
    to path: String, replacing: Bool, progress: (Phase, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws -> Result {
    try checkParts(path)
    for (name, part) in parts {
      try DatasetError.requireMemory(
        1, part.source.imageShape.reduce(part.source.storage.byteCount, *), for: "/\(name)/images", of: path)
    }
    let skeleton = try FileSkeleton(name: path)
    try skeleton.file.writeAttribute("format", ImageStore.format, of: "/")
    try skeleton.file.writeAttribute("version", ImageStore.version, of: "/")
    if !classNames.isEmpty { try skeleton.file.writeAttribute("class_names", classNames, of: "/") }
    let places = try SplitName.allCases.compactMap { name in
      try parts[name].map { try Place(name, $0, reservedIn: skeleton) }
    }

    let byteCount = try skeleton.byteCount
    let file = try ReservedFile(path: path, byteCount: byteCount, replacing: replacing)
    for piece in try skeleton.pieces() { try piece.bytes.withUnsafeBytes { try file.write($0, at: piece.offset) } }
    try writeImages(places, to: file) { progress(.samples, $0, $1) }
    try writeChecksums(places, to: file) { progress(.checksums, $0, $1) }
    try file.publish()
    return Result(byteCount: byteCount, sampleCount: places.reduce(0) { $0 + $1.part.count })
  }

  private func checkParts(_ path: String) throws {
    for name in SplitName.allCases where parts[name] != nil || name == .train {
      guard let part = parts[name], part.count > 0 else {
        throw DatasetError(
          file: path, object: "/\(name)", expected: "at least one sample to write", found: "none",
          advice: "check the source")
      }
    }
  }

  /// Goes through each source once and writes each image to all of its places.
  private func writeImages(
    _ places: [Place], to file: ReservedFile, progress: (_ done: Int, _ total: Int) -> Void
  ) throws {
    let total = places.reduce(0) { $0 + $1.part.count }
    var done = 0
    var written = Set<ObjectIdentifier>()
    for place in places {
      let source = place.part.source
      guard written.insert(ObjectIdentifier(source)).inserted else { continue }
      let targets = ImageTargets(of: source, among: places)
      var stream = ContiguousWriter(file)
      for index in 0..<source.count {
        guard let offset = targets.offset(of: index) else { continue }
        try stream.append(source.bytesPerImage, at: offset) { try source.copyImage(index, into: $0) }
        done += 1
        if done & 63 == 0 || done == total { progress(done, total) }
      }
      try stream.flush()
    }
  }

  /// Writes the labels, and the checksums of what has been written.
  private func writeChecksums(
    _ places: [Place], to file: ReservedFile, progress: (_ done: Int, _ total: Int) -> Void
  ) throws {
    let total = places.reduce(0) { $0 + $1.images.checksums.blockCount + $1.labels.checksums.blockCount }
    var done = 0
    for place in places {
      try place.writeLabels(to: file)
      for dataset in [place.images, place.labels] {
        var digests: [UInt8] = []
        var block: [UInt8] = []
        for index in 0..<dataset.checksums.blockCount {
          let rows = dataset.checksums.rows(ofBlock: index)
          let size = rows.count * dataset.bytesPerRow
          if block.count != size { block = [UInt8](repeating: 0, count: size) }
          try block.withUnsafeMutableBytes {
            try file.read(into: $0, at: dataset.offset + rows.lowerBound * dataset.bytesPerRow)
            digests += SHA256.digest(of: UnsafeRawBufferPointer($0))
          }
          done += 1
          progress(done, total)
        }
        try digests.withUnsafeBytes { try file.write($0, at: dataset.checksumOffset) }
      }
    }
  }
}

/// Where a dataset and its checksums lie in the file.
private struct DatasetPlace {
  let offset: Int
  let bytesPerRow: Int
  let checksums: BlockChecksums
  let checksumOffset: Int

  init<T: Element>(_ type: T.Type, shape: [Int], at path: String, reservedIn skeleton: borrowing FileSkeleton) throws {
    offset = try skeleton.reserve(type, shape: shape, at: path)
    bytesPerRow = shape.dropFirst().reduce(1, *) * MemoryLayout<T>.size
    checksums = BlockChecksums(rowCount: shape[0], bytesPerRow: bytesPerRow)
    let path = BlockChecksums.path(of: path)
    checksumOffset = try skeleton.reserve(UInt8.self, shape: [checksums.blockCount, SHA256.byteCount], at: path)
    try skeleton.file.writeAttribute(BlockChecksums.rowsAttribute, checksums.rowsPerBlock, of: path)
  }
}

/// Where a part lies in the file.
private struct Place {
  let part: StorePart
  let images: DatasetPlace
  let labels: DatasetPlace

  init(_ name: SplitName, _ part: StorePart, reservedIn skeleton: borrowing FileSkeleton) throws {
    self.part = part
    let location = Location(name)
    let shape = [part.count] + part.source.imageShape
    images =
      switch part.source.storage {
      case .uint8: try DatasetPlace(UInt8.self, shape: shape, at: location.images, reservedIn: skeleton)
      case .float32: try DatasetPlace(Float.self, shape: shape, at: location.images, reservedIn: skeleton)
      }
    labels =
      switch part.source.labels {
      case .classes: try DatasetPlace(Int32.self, shape: [part.count], at: location.labels, reservedIn: skeleton)
      case .values(_, let width):
        try DatasetPlace(
          Float.self, shape: width == 1 ? [part.count] : [part.count, width], at: location.labels,
          reservedIn: skeleton)
      }
  }

  func writeLabels(to file: ReservedFile) throws {
    // Numbers are little-endian in the file, as on every machine that the kernels are made for.
    switch part.labels {
    case .classes(let classes): try classes.withUnsafeBytes { try file.write($0, at: labels.offset) }
    case .values(let values, _): try values.withUnsafeBytes { try file.write($0, at: labels.offset) }
    }
  }
}

/// Where the images of one source go.
private struct ImageTargets {
  /// The place of the first image if all go to one part in their order.
  private let first: (offset: Int, bytesPerImage: Int)?
  /// The place of each image otherwise; -1 for one that goes nowhere.
  private var offsets: [Int]

  init(of source: any SampleSource, among places: [Place]) {
    let mine = places.filter { $0.part.source === source }
    if mine.count == 1, mine[0].part.indices == nil {
      first = (mine[0].images.offset, source.bytesPerImage)
      offsets = []
      return
    }
    first = nil
    offsets = [Int](repeating: -1, count: source.count)
    for place in mine {
      for (position, index) in (place.part.indices ?? Array(0..<source.count)).enumerated() {
        precondition(offsets[index] < 0, "a sample goes to one place")
        offsets[index] = place.images.offset + position * source.bytesPerImage
      }
    }
  }

  func offset(of index: Int) -> Int? {
    if let first { return first.offset + index * first.bytesPerImage }
    return offsets[index] < 0 ? nil : offsets[index]
  }
}

/// Collects images that follow one another in the file into writes of some megabytes.
private struct ContiguousWriter: ~Copyable {
  private static let capacity = 4 << 20

  private let file: ReservedFile
  private var bytes: UnsafeMutableRawBufferPointer
  private var used = 0
  private var offset = 0

  init(_ file: ReservedFile) {
    self.file = file
    bytes = .allocate(byteCount: Self.capacity, alignment: 64)
  }

  deinit { bytes.deallocate() }

  /// Adds `count` bytes that belong at `position`, written by `fill`.
  mutating func append(
    _ count: Int, at position: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    if position != offset + used || used + count > bytes.count {
      try flush()
      offset = position
    }
    if count > bytes.count {
      bytes.deallocate()
      bytes = .allocate(byteCount: count, alignment: 64)
    }
    try fill(UnsafeMutableRawBufferPointer(rebasing: bytes[used..<used + count]))
    used += count
  }

  /// Writes what is collected.
  mutating func flush() throws {
    try file.write(UnsafeRawBufferPointer(rebasing: bytes[..<used]), at: offset)
    offset += used
    used = 0
  }
}
