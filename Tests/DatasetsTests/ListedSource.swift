import Datasets

/// Samples of which every pixel says which sample it belongs to.
final class ListedSource: SampleSource {
  let imageShape: [Int]
  let storage = Split.Storage.float32
  let labels: StoredSamples.Labels
  /// The sample whose pixels cannot be had.
  private let broken: Int?
  private let firstNumber: Int

  init(_ labels: StoredSamples.Labels, shape: [Int] = [2, 1, 1], firstNumber: Int = 0, broken: Int? = nil) {
    self.labels = labels
    self.firstNumber = firstNumber
    self.broken = broken
    imageShape = shape
  }

  convenience init(classes: [Int32]) { self.init(.classes(classes)) }

  struct Broken: Error {}

  func copyImage(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    if index == broken { throw Broken() }
    let value = Float(firstNumber + index)
    for offset in stride(from: 0, to: bytes.count, by: 4) {
      bytes.storeBytes(of: value, toByteOffset: offset, as: Float.self)
    }
  }
}

/// The numbers of the samples of a part, from their pixels.
func sampleNumbers(of store: ImageStore, _ split: SplitName) throws -> [Int] {
  let count = try store.split(split).count
  let samples = try StoredSamples(of: store, split: split, range: 0..<count)
  return (0..<count).map { Int(image($0, of: samples)[0]) }
}

/// The classes of a part.
func classes(of store: ImageStore, _ split: SplitName) throws -> [Int32] {
  let samples = try StoredSamples(of: store, split: split, range: 0..<store.split(split).count)
  guard case .classes(let classes) = samples.labels else { return [] }
  return classes
}
