import Datasets
import Glibc
import HDF5

/// Compares reading a store's images into memory with `pread` of as many bytes into memory that is as new.
struct ReadingBenchmark {
  /// The size of the images.
  let byteCount: Int

  private static let rounds = 7
  private static let pieceBytes = 16 << 20

  private var count: Int { max(1, byteCount / BenchmarkImages.byteCount) }

  /// Writes the same images in one piece, and in chunks of about one megabyte.
  func write(contiguous: String, chunked: String) throws {
    let source = BenchmarkImages.source(count: count)
    _ = try StoreWriter([.train: StorePart(source)]).write(to: contiguous, replacing: true)
    let pixels = UnsafeMutableRawBufferPointer.allocate(byteCount: count * source.bytesPerImage, alignment: 64)
    defer { pixels.deallocate() }
    for index in 0..<count {
      let place = index * source.bytesPerImage..<(index + 1) * source.bytesPerImage
      try source.copyImage(index, into: UnsafeMutableRawBufferPointer(rebasing: pixels[place]))
    }
    let file = try File.inMemory(name: chunked)
    let rows = max(1, min(count, (1 << 20) / BenchmarkImages.byteCount))
    try file.write(
      UnsafeBufferPointer(pixels.bindMemory(to: UInt8.self)), shape: [count] + BenchmarkImages.shape,
      to: "/train/images", chunks: [rows] + BenchmarkImages.shape)
    try file.write([Int32](repeating: 0, count: count), shape: [count], to: "/train/labels")
    try file.writeAttribute("format", ImageStore.format, of: "/")
    try file.writeAttribute("version", ImageStore.version, of: "/")
    try AtomicFile.write(file.image(), to: chunked)
  }

  /// The time of `pread` by the time of reading the store: the median of several rounds, taken in turns.
  func ratioToPread(_ path: String) throws -> Double {
    let store = try ImageStore(opening: path)
    var ratios: [Double] = []
    for _ in 0..<Self.rounds {
      let plain = try seconds { try pread(path) }
      let stored = try seconds { _ = try StoredSamples(of: store, split: .train, range: 0..<count) }
      ratios.append(plain / stored)
    }
    return ratios.sorted()[Self.rounds / 2]
  }

  private func pread(_ path: String) throws {
    // As the samples' own memory.
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * BenchmarkImages.byteCount, alignment: 2 << 20)
    defer { bytes.deallocate() }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let read = Glibc.pread(
        descriptor, bytes.baseAddress.map { $0 + done }, min(Self.pieceBytes, bytes.count - done), done)
      guard read > 0 else { throw FileWriteError(path: path, operation: "read", errno: errno, byteCount: bytes.count) }
      done += read
    }
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure(body) / .seconds(1)
  }
}
