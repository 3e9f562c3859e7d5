import Glibc
import HDF5
import Testing

@testable import Datasets

/// Samples that are read while they are used show the same pixels as those in memory.
@Suite struct PagingTests {
  private static let count = 233

  private func store<Result>(_ body: (ImageStore) throws -> Result) throws -> Result {
    try withStorePath { path in
      let labels = (0..<Self.count).map { Int32($0 % 7) }
      let samples = ImageStoreWriter.Samples(
        images: .uint8((0..<Self.count).flatMap(bytePixels)), imageShape: [3, 2, 1], labels: .classes(labels))
      try ImageStoreWriter.write([.train: samples], to: path)
      return try body(try ImageStore(opening: path))
    }
  }

  /// Two parts with windows of 30 samples in blocks of 7, which begin and end within blocks.
  private let orders = [20..<120, 120..<233].enumerated().map { key, part in
    WindowedOrder(part: part, blockSize: 7, windowSize: 30, largestBatch: 9, seed: 3, key: UInt32(key))
  }

  /// Batches of 9, the last of an epoch smaller, of both parts in turn.
  private struct Schedule: BatchSchedule {
    let orders: [WindowedOrder]
    let epochs: Int
    var epoch: Int
    var positions: [Int]
    var part = 0
    var cursors: [WindowedCursor]

    init(_ orders: [WindowedOrder], epoch: Int, positions: [Int], epochs: Int) {
      self.orders = orders
      self.epochs = epochs
      self.epoch = epoch
      self.positions = positions
      cursors = zip(orders, positions).map { WindowedCursor($0, epoch: epoch, position: $1) }
    }

    mutating func next(into indices: inout [Int]) -> Bool {
      if zip(orders, positions).allSatisfy({ $0.part.count == $1 }) {
        epoch += 1
        positions = orders.map { _ in 0 }
        for part in cursors.indices { cursors[part].begin(epoch: epoch) }
      }
      guard epoch < epochs else { return false }
      let count = min(9, orders[part].part.count - positions[part])
      cursors[part].next(count, into: &indices)
      positions[part] += count
      part = (part + 1) % orders.count
      return true
    }
  }

  private func expectSamePixels(
    _ samples: StoredSamples, _ schedule: some BatchSchedule, largestBatch: Int = 9,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Int {
    let loader = BatchLoader(samples: samples, largestBatch: largestBatch, schedule: schedule, slots: 2)
    var count = 0
    while let batch = try loader.next() {
      let expected = batch.indices.flatMap(bytePixels).map { Float($0) }
      #expect(Array(batch.images) == expected, sourceLocation: sourceLocation)
      #expect(Array(batch.labels) == batch.indices.map { Int32($0 % 7) }, sourceLocation: sourceLocation)
      count += batch.count
    }
    return count
  }

  @Test func windows() throws {
    try store { store in
      let samples = try StoredSamples(of: store, split: .train, range: 20..<233, following: orders)
      #expect(!samples.isResident)
      // Two windows of four blocks of seven for each part, instead of 213 samples.
      #expect(samples.byteCount == 2 * 2 * 4 * 7 * 6)
      let all = try expectSamePixels(samples, Schedule(orders, epoch: 0, positions: [0, 0], epochs: 3))
      #expect(all == 3 * 213)
    }
  }

  @Test(arguments: [[0, 0], [9, 9], [45, 45], [99, 108], [100, 113], [108, 117]]) func windowsFromTheMiddle(
    positions: [Int]
  ) throws {
    try store { store in
      let samples = try StoredSamples(of: store, split: .train, range: 20..<233, following: orders)
      samples.seek(epoch: 1, positions: positions)
      // The last positions are beyond the end, as after a short last step.
      let starts = zip(positions, orders).map { min($0, $1.part.count) }
      let all = try expectSamePixels(samples, Schedule(orders, epoch: 1, positions: starts, epochs: 3))
      #expect(all == 2 * 213 - starts.reduce(0, +))
    }
  }

  @Test func batchByBatch() throws {
    try store { store in
      let samples = try StoredSamples(of: store, split: .train, range: 0..<233, inBatchesOf: 5)
      #expect(samples.byteCount == 5 * 6)
      let batches = [[0, 1, 2, 3, 4], [232], [], [7, 9, 8, 100, 101], [5, 4, 3], [12, 13]]
      #expect(try expectSamePixels(samples, ListedBatches(batches), largestBatch: 5) == 16)
    }
  }

  @Test func memoryOfOthers() throws {
    try store { store in
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 213 * 6, alignment: 64)
      defer { memory.deallocate() }
      let samples = try StoredSamples(of: store, split: .train, range: 20..<233, in: memory)
      for part in [150..<233, 20..<20, 20..<150] { try samples.read(part) }
      #expect(Array(memory) == (20..<233).flatMap(bytePixels))
      #expect(try expectSamePixels(samples, ListedBatches([[20, 232], [149, 150]])) == 4)
    }
  }

  /// What the reader thread meets comes to the caller where the batch would have come.
  @Test func errorsOfTheReaderThread() throws {
    try withStorePath { path in
      var pixels = (0..<60).flatMap(floatPixels)
      pixels[41 * 6 + 2] = .nan
      let samples = ImageStoreWriter.Samples(
        images: .float32(pixels), imageShape: [3, 2, 1], labels: .classes([Int32](repeating: 0, count: 60)))
      try ImageStoreWriter.write([.train: samples], to: path)
      let stored = try StoredSamples(of: ImageStore(opening: path), split: .train, range: 0..<60, inBatchesOf: 2)
      let loader = BatchLoader(samples: stored, largestBatch: 2, schedule: ListedBatches([[1, 2], [40, 41], [3]]))
      #expect(try loader.next()?.count == 2)
      let error = #expect(throws: DatasetError.self) { try loader.next() }
      let message = error?.description ?? ""
      #expect(message.contains("sample 41"), "\(message)")
      #expect(throws: DatasetError.self) { try loader.next() }
    }
  }

  /// A file that is cut off while it is used: libhdf5 would go on with zeros.
  @Test func fileCutOffWhileReading() throws {
    try withStorePath { path in
      let count = 2000
      let samples = ImageStoreWriter.Samples(
        images: .uint8([UInt8](repeating: 7, count: count * 6)), imageShape: [3, 2, 1],
        labels: .classes([Int32](repeating: 0, count: count)))
      try ImageStoreWriter.write([.train: samples], to: path)
      let stored = try StoredSamples(of: ImageStore(opening: path), split: .train, range: 0..<count, inBatchesOf: 2)
      try stored.prepare([0, 1])
      #expect(truncate(path, 6000) == 0)
      let error = #expect(throws: HDF5Error.self) { try stored.prepare([1900, 1901]) }
      #expect(error?.kind == .truncated)
      let message = error?.description ?? ""
      #expect(message.contains("and now has 6000"), "\(message)")
    }
  }
}
