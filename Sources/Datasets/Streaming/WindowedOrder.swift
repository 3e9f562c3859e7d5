import Numerics

/// The order in which a contiguous part of a split is seen, shuffled in two levels: blocks, then samples within a window.
///
/// The part is cut into blocks of neighbouring samples. In every epoch the blocks are shuffled, so many of them in turn make a
/// window, and the samples of each window are shuffled. Who follows the order needs no more than two windows of samples in
/// memory, and reads them in whole blocks. A part that fits into one window is simply shuffled.
///
/// The order follows from the part, the sizes, the seed and the epoch alone: not from who reads, nor from how much memory
/// there is.
public struct WindowedOrder: Sendable {
  /// The samples of the part, by their index in the split.
  public let part: Range<Int>
  /// The samples of a block, which starts at a multiple of it in the split; the part may begin and end within a block.
  public let blockSize: Int
  /// The blocks of a window; the last window may have fewer.
  public let blocksPerWindow: Int
  private let seed: UInt64
  private let key: UInt32

  /// How many bytes of neighbouring samples make a block: enough for one read to be worth its while, and few enough for a
  /// window to have samples from many places.
  private static let blockBytes = 256 << 10
  /// Chunks up to this size are never cut by blocks: a compressed chunk would be decompressed for each of its blocks.
  private static let largestChunk = 16 << 20

  /// The samples of a block: whole chunks, if they are of a reasonable size.
  public static func blockSize(rowsPerChunk: Int?, bytesPerImage: Int) -> Int {
    let chunk = rowsPerChunk.map { $0 * bytesPerImage <= largestChunk ? $0 : 1 } ?? 1
    return chunk * max(1, blockBytes / max(1, chunk * bytesPerImage))
  }

  /// The order of `part`.
  ///
  /// - Parameters:
  ///   - windowSize: the samples that a window should have; it is made larger until a batch spans at most two windows.
  ///   - largestBatch: the most samples that are asked for at once.
  ///   - key: tells the parts apart: each has random numbers of its own.
  public init(
    part: Range<Int>, blockSize: Int, windowSize: Int, largestBatch: Int, seed: UInt64, key: UInt32
  ) {
    precondition(blockSize > 0 && windowSize >= 0, "windows of \(windowSize) samples in blocks of \(blockSize)")
    self.part = part
    self.seed = seed
    self.key = key
    // The first and the last block of the part may be cut, so two more than a batch needs.
    let blocks = max(windowSize / blockSize, (largestBatch + blockSize - 1) / blockSize + 2)
    if part.count <= blocks * blockSize {
      // One block, whatever the chunks: the order does not depend on how the file is laid out.
      self.blockSize = max(part.upperBound, 1)
      blocksPerWindow = 1
    } else {
      self.blockSize = blockSize
      blocksPerWindow = blocks
    }
  }

  /// Whether the part is more than one window.
  public var isWindowed: Bool { blockCount > blocksPerWindow }
  /// The most samples of a window.
  public var samplesPerWindow: Int { min(part.count, blocksPerWindow * blockSize) }
  /// The number of windows of an epoch; an empty part has none.
  public var windowCount: Int { (blockCount + blocksPerWindow - 1) / blocksPerWindow }

  var firstBlock: Int { part.lowerBound / blockSize }
  var blockCount: Int { part.isEmpty ? 0 : (part.upperBound - 1) / blockSize - firstBlock + 1 }

  /// The samples of a block that belong to the part.
  func samples(of block: Int) -> Range<Int> { (block * blockSize..<(block + 1) * blockSize).clamped(to: part) }

  /// Lists the blocks in the order of an epoch; the list must have been one of this order's before, or empty.
  func listBlocks(epoch: Int, into blocks: inout [Int]) {
    list(0..<blockCount, from: firstBlock, into: &blocks)
    guard isWindowed else { return }
    var stream = RandomStream(seed: seed, purpose: .shuffle, UInt32(epoch), key, Self.blockStream)
    stream.shuffle(&blocks)
  }

  /// The places in the list of blocks that a window has.
  func places(ofWindow window: Int) -> Range<Int> {
    window * blocksPerWindow..<min((window + 1) * blocksPerWindow, blockCount)
  }

  /// The number of samples of a window.
  func count(ofWindow window: Int, _ blocks: [Int]) -> Int {
    places(ofWindow: window).reduce(0) { $0 + samples(of: blocks[$1]).count }
  }

  /// Lists the samples of a window, by their index in the split, in the order of the epoch.
  func listSamples(ofWindow window: Int, _ blocks: [Int], epoch: Int, into samples: inout [Int]) {
    samples.removeAll(keepingCapacity: true)
    for place in places(ofWindow: window) { samples.append(contentsOf: self.samples(of: blocks[place])) }
    var stream = RandomStream(seed: seed, purpose: .shuffle, UInt32(epoch), key, UInt32(window))
    stream.shuffle(&samples)
  }

  /// The random stream of the blocks: the windows have the ones before.
  private static let blockStream: UInt32 = 0xFF_FFFF

  private func list(_ numbers: Range<Int>, from first: Int, into list: inout [Int]) {
    list.removeAll(keepingCapacity: true)
    for number in numbers { list.append(first + number) }
  }
}

/// Walks through the samples of a ``WindowedOrder``, epoch after epoch; allocates nothing after the first window.
public struct WindowedCursor: Sendable {
  private let order: WindowedOrder
  private var epoch: Int
  private var blocks: [Int] = []
  private var window = 0
  private var samples: [Int] = []
  private var position = 0

  /// Starts at the sample `position` (counted from 0) of an epoch.
  public init(_ order: WindowedOrder, epoch: Int, position: Int) {
    self.order = order
    self.epoch = epoch
    blocks.reserveCapacity(order.blockCount)
    samples.reserveCapacity(order.samplesPerWindow)
    begin(epoch: epoch)
    var rest = position
    while window < order.windowCount - 1, rest >= order.count(ofWindow: window, blocks) {
      rest -= order.count(ofWindow: window, blocks)
      window += 1
    }
    if window > 0 { order.listSamples(ofWindow: window, blocks, epoch: epoch, into: &samples) }
    self.position = rest
  }

  /// Goes to the beginning of an epoch.
  public mutating func begin(epoch: Int) {
    self.epoch = epoch
    order.listBlocks(epoch: epoch, into: &blocks)
    window = 0
    position = 0
    if order.windowCount > 0 { order.listSamples(ofWindow: 0, blocks, epoch: epoch, into: &samples) }
  }

  /// Appends the next `count` samples of the epoch, which must have that many left.
  public mutating func next(_ count: Int, into indices: inout [Int]) {
    for _ in 0..<count {
      if position == samples.count {
        window += 1
        order.listSamples(ofWindow: window, blocks, epoch: epoch, into: &samples)
        position = 0
      }
      indices.append(samples[position])
      position += 1
    }
  }
}
