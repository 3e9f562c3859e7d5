import Datasets
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct BatchLoaderTests {
  /// Batches of odd sizes, some of them empty.
  private static let batches = [
    [3], [], [0, 39, 7, 7, 12], [], [], [1, 2], [38, 37, 36, 35, 34], [4], [], [5, 6],
  ]

  @Test(arguments: [1, 2, 3, 8, 10, 50]) func batchesAreThoseOfTheSchedule(slots: Int) throws {
    let loader = BatchLoader(
      samples: try byteSamples(count: 40), largestBatch: 5, schedule: ListedBatches(Self.batches), slots: slots)
    for expected in Self.batches {
      let batch = try #require(try loader.next())
      #expect(batch.count == expected.count)
      #expect(Array(batch.indices) == expected)
      #expect(Array(batch.labels) == expected.map { Int32($0 % 7) })
      #expect(batch.values.isEmpty)
      #expect(Array(batch.images) == expected.flatMap(bytePixels).map { Float($0) })
    }
    #expect(try loader.next() == nil)
    #expect(try loader.next() == nil)
  }

  @Test func valuesAreDelivered() throws {
    let loader = BatchLoader(
      samples: try floatSamples(count: 9, range: 4..<9), largestBatch: 3,
      schedule: ListedBatches([[8, 4], [], [5, 6, 7]]))
    for expected in [[8, 4], [], [5, 6, 7]] {
      let batch = try #require(try loader.next())
      #expect(batch.labels.isEmpty)
      #expect(Array(batch.values) == expected.flatMap { [Float($0), -Float($0)] })
      #expect(Array(batch.images) == expected.flatMap(floatPixels))
    }
    #expect(try loader.next() == nil)
  }

  @Test func noSamplesAtAll() throws {
    let samples = try byteSamples(count: 5, range: 3..<3)
    let loader = BatchLoader(samples: samples, largestBatch: 0, schedule: ListedBatches([[], [], []]), slots: 2)
    for _ in 0..<3 { #expect(try #require(try loader.next()).count == 0) }
    #expect(try loader.next() == nil)
    let nothing = BatchLoader(samples: samples, largestBatch: 0, schedule: ListedBatches([]))
    #expect(try nothing.next() == nil)
  }

  /// The reader may be filling, asleep with full slots, or at its end; after `taken` batches it is in any of these.
  @Test(arguments: [1, 2, 5], [0, 1, 2, 3, 7, 30]) func stoppingEndsTheThread(slots: Int, taken: Int) throws {
    let samples = try byteSamples(count: 40)
    for pause in [0, 2_000] as [UInt32] {
      let loader = BatchLoader(
        samples: samples, largestBatch: 2, schedule: ListedBatches((0..<20).map { [$0, $0 + 1] }), slots: slots)
      for _ in 0..<taken { _ = try loader.next() }
      usleep(pause)
      loader.stop()
      loader.stop()
      #expect(try loader.next() == nil)
    }
    // Without `stop`, the end of the object ends the thread.
    let forgotten = BatchLoader(samples: samples, largestBatch: 1, schedule: Endless(), slots: slots)
    for _ in 0..<taken { _ = try forgotten.next() }
  }

  private struct Endless: BatchSchedule {
    let epoch = 0

    mutating func next(into indices: inout [Int]) -> Bool {
      indices.append(7)
      return true
    }
  }

  @Test func memoryIsUsedAgain() throws {
    let loader = BatchLoader(samples: try byteSamples(count: 40), largestBatch: 1, schedule: Endless(), slots: 3)
    var addresses: Set<UnsafePointer<Float>> = []
    for _ in 0..<1_000 { addresses.insert(try #require(try loader.next()?.images.baseAddress)) }
    #expect(addresses.count == 3)
  }

  /// A schedule that keeps its consumer waiting for 20 ms.
  private struct Slow: BatchSchedule {
    let epoch = 0

    mutating func next(into indices: inout [Int]) -> Bool {
      usleep(20_000)
      return true
    }
  }

  @Test func waitingIsMeasured() throws {
    let loader = BatchLoader(samples: try byteSamples(count: 4), largestBatch: 1, schedule: Slow(), slots: 1)
    #expect(loader.secondsWaited == 0)
    for _ in 0..<3 { _ = try loader.next() }
    #expect(loader.secondsWaited > 0.05)
    #expect(loader.secondsWaited < 30)
  }
}
