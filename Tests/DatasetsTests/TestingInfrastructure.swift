import Foundation
import HDF5
import Testing

@testable import Datasets

/// The path of a file of the top-level folder `datasets`.
func dataset(_ name: String, file: String = #filePath) -> String {
  var folder = URL(fileURLWithPath: file)
  for _ in 0..<3 { folder.deleteLastPathComponent() }
  return folder.appendingPathComponent("datasets/\(name)").path
}

/// Runs `body` with a path that ends on "store.h5", in a new folder which is removed afterwards.
func withStorePath<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("datasets-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.appendingPathComponent("store.h5").path)
}

/// Writes a file by `build`, and opens it as a store.
@discardableResult
func openStore(_ build: (borrowing File) throws -> Void) throws -> ImageStore {
  try withStorePath { path in
    let file = try File.inMemory()
    try build(file)
    try AtomicFile.write(file.image(), to: path)
    return try ImageStore(opening: path)
  }
}

/// Writes what every store says about itself into `file`.
func writeHeader(_ file: borrowing File) throws {
  try file.writeAttribute("format", "cnn-dist image store", of: "/")
  try file.writeAttribute("version", 1, of: "/")
}

/// The pixels of image `index` of `byteSamples`.
func bytePixels(_ index: Int) -> [UInt8] { (0..<6).map { UInt8((10 * index + $0) % 256) } }

/// The pixels of image `index` of `floatSamples`.
func floatPixels(_ index: Int) -> [Float] { (0..<6).map { Float(index) + Float($0) / 8 } }

/// Resident 3×2 images of bytes, where image `i` has class `i % 7`.
func byteSamples(count: Int, range: Range<Int>? = nil) throws -> StoredSamples {
  let labels = (0..<count).map { Int32($0 % 7) }
  let samples = ImageStoreWriter.Samples(
    images: .uint8((0..<count).flatMap(bytePixels)), imageShape: [3, 2, 1], labels: .classes(labels))
  return try resident(samples, range: range ?? 0..<count)
}

/// Resident 3×2 images of floating-point numbers, where image `i` has the values `i` and `-i`.
func floatSamples(count: Int, range: Range<Int>? = nil) throws -> StoredSamples {
  let values = (0..<count).flatMap { [Float($0), -Float($0)] }
  let samples = ImageStoreWriter.Samples(
    images: .float32((0..<count).flatMap(floatPixels)), imageShape: [3, 2, 1], labels: .values(values, width: 2))
  return try resident(samples, range: range ?? 0..<count)
}

private func resident(_ samples: ImageStoreWriter.Samples, range: Range<Int>) throws -> StoredSamples {
  try withStorePath { path in
    try ImageStoreWriter.write([.train: samples], to: path)
    return try StoredSamples(of: ImageStore(opening: path), split: .train, range: range)
  }
}

/// Gives out the batches of a list.
struct ListedBatches: BatchSchedule {
  var batches: [[Int]]
  var epoch = 0
  private var position = 0

  init(_ batches: [[Int]]) { self.batches = batches }

  mutating func next(into indices: inout [Int]) -> Bool {
    guard position < batches.count else { return false }
    indices.append(contentsOf: batches[position])
    position += 1
    return true
  }
}

/// Resident images of bytes, all of class 0.
func storedSamples(_ images: [[UInt8]], shape: [Int]) throws -> StoredSamples {
  try storedSamples(.uint8(images.flatMap { $0 }), count: images.count, shape: shape)
}

/// Resident images of floating-point numbers, all of class 0.
func storedSamples(_ images: [[Float]], shape: [Int]) throws -> StoredSamples {
  try storedSamples(.float32(images.flatMap { $0 }), count: images.count, shape: shape)
}

private func storedSamples(_ pixels: ImageStoreWriter.Samples.Images, count: Int, shape: [Int]) throws -> StoredSamples
{
  let labels = [Int32](repeating: 0, count: count)
  return try resident(
    ImageStoreWriter.Samples(images: pixels, imageShape: shape, labels: .classes(labels)), range: 0..<count)
}

/// The image as the epoch shows it.
func transformed(_ sample: Int, of samples: StoredSamples, _ transformer: ImageTransformer, epoch: Int) -> [Float] {
  var image = [Float](repeating: .nan, count: samples.elementsPerImage)
  image.withUnsafeMutableBufferPointer { transformer.copyImage(sample, of: samples, epoch: epoch, into: $0) }
  return image
}

/// The image as `parameters` change it.
func transformed(
  _ sample: Int, of samples: StoredSamples, _ transformer: ImageTransformer, _ parameters: TransformParameters
) -> [Float] {
  var image = [Float](repeating: .nan, count: samples.elementsPerImage)
  image.withUnsafeMutableBufferPointer { transformer.copyImage(sample, of: samples, by: parameters, into: $0) }
  return image
}
