import Testing

@testable import Datasets

@Suite struct WindowedOrderTests {
  /// Part, block, window, largest batch: several windows, one window, cut blocks at both ends, blocks larger than the
  /// part, an empty part.
  private static let cases = [
    (0..<1000, 10, 50, 3), (7..<233, 10, 40, 9), (95..<101, 10, 40, 2), (3..<4, 1, 0, 1), (50..<50, 10, 40, 0),
    (13..<512, 64, 0, 4), (0..<257, 1, 16, 7), (1..<100, 1000, 10, 100),
  ]

  private func samples(_ order: WindowedOrder, epoch: Int, from position: Int = 0) -> [Int] {
    var cursor = WindowedCursor(order, epoch: epoch, position: position)
    var samples: [Int] = []
    cursor.next(order.part.count - position, into: &samples)
    return samples
  }

  @Test(arguments: cases) func everySampleOnce(part: Range<Int>, block: Int, window: Int, batch: Int) {
    let order = WindowedOrder(
      part: part, blockSize: block, windowSize: window, largestBatch: batch, seed: 1, key: 2)
    for epoch in 0..<3 { #expect(samples(order, epoch: epoch).sorted() == Array(part)) }
    if part.count > 20 {
      #expect(samples(order, epoch: 0) != samples(order, epoch: 1))
      let other = WindowedOrder(
        part: part, blockSize: block, windowSize: window, largestBatch: batch, seed: 1, key: 3)
      #expect(samples(order, epoch: 0) != samples(other, epoch: 0))
    }
  }

  /// What is promised to those who read whole blocks: a window has the samples of few blocks.
  @Test func windowsHaveWholeBlocks() {
    let order = WindowedOrder(part: 7..<233, blockSize: 10, windowSize: 40, largestBatch: 9, seed: 1, key: 0)
    #expect(order.isWindowed)
    #expect(order.blocksPerWindow == 4)
    let all = samples(order, epoch: 4)
    var blocks: [Int] = []
    order.listBlocks(epoch: 4, into: &blocks)
    #expect(blocks.sorted() == Array(0...23))
    #expect(blocks != blocks.sorted())
    var start = 0
    for window in 0..<order.windowCount {
      let end = start + order.count(ofWindow: window, blocks)
      let expected = order.places(ofWindow: window).flatMap { Array(order.samples(of: blocks[$0])) }
      #expect(all[start..<end].sorted() == expected.sorted())
      #expect(Array(all[start..<end]) != expected, "shuffled within the window")
      start = end
    }
    #expect(start == all.count)
  }

  @Test(arguments: cases) func startingInTheMiddle(part: Range<Int>, block: Int, window: Int, batch: Int) {
    let order = WindowedOrder(
      part: part, blockSize: block, windowSize: window, largestBatch: batch, seed: 1, key: 2)
    let all = samples(order, epoch: 2)
    for position in [0, 1, part.count / 3, part.count / 2, part.count - 1, part.count]
    where (0...part.count).contains(position) {
      #expect(samples(order, epoch: 2, from: position) == Array(all[min(position, all.count)...]), "from \(position)")
    }
  }

  /// A part that fits into one window is shuffled the same however the file is cut into blocks.
  @Test func oneWindowDoesNotDependOnBlocks() {
    func order(_ block: Int) -> WindowedOrder {
      WindowedOrder(part: 5..<61, blockSize: block, windowSize: 80, largestBatch: 4, seed: 9, key: 1)
    }
    #expect(samples(order(1), epoch: 0) == samples(order(16), epoch: 0))
    #expect(!order(1).isWindowed)
  }

  @Test func blocksAreWholeChunks() {
    // 64 bytes an image: 4,096 make 256 KiB. Chunks of 1,000 images: four of them are the most below that.
    #expect(WindowedOrder.blockSize(rowsPerChunk: nil, bytesPerImage: 64) == 4096)
    #expect(WindowedOrder.blockSize(rowsPerChunk: 1000, bytesPerImage: 64) == 4000)
    #expect(WindowedOrder.blockSize(rowsPerChunk: 10_000, bytesPerImage: 64) == 10_000)
    // 64 MB a chunk: blocks cut it.
    #expect(WindowedOrder.blockSize(rowsPerChunk: 1_000_000, bytesPerImage: 64) == 4096)
    #expect(WindowedOrder.blockSize(rowsPerChunk: nil, bytesPerImage: 1 << 20) == 1)
  }
}
