/// Follows a ``WindowedOrder`` for each of several parts, with two windows of each in memory.
///
/// While the samples of one window are used the next one is read, block by block, as much of it as has been used of the
/// first: reading is spread over time.
final class WindowPaging: Paging {
  let capacity: Int
  private let orders: [WindowedOrder]
  private var parts: [PartWindows] = []

  /// Follows these orders, whose parts follow each other in the split, from the beginning.
  init(_ orders: [WindowedOrder]) {
    self.orders = orders
    capacity = Self.capacity(for: orders)
    seek(epoch: 0, positions: orders.map { _ in 0 })
  }

  /// The samples there must be room for: two windows of each part.
  static func capacity(for orders: [WindowedOrder]) -> Int { orders.reduce(0) { $0 + 2 * $1.samplesPerWindow } }

  /// Goes to an epoch, counted from 0, and there to a position in each part.
  func seek(epoch: Int, positions: [Int]) {
    var place = 0
    parts.removeAll()
    for (order, position) in zip(orders, positions) where !order.part.isEmpty {
      parts.append(PartWindows(order, epoch: epoch, position: position, firstPlace: place))
      place += 2 * order.samplesPerWindow
    }
  }

  func prepare(_ indices: [Int], read: (Range<Int>, Int) throws -> Void) throws {
    guard let first = indices.first else { return }
    try parts[part(of: first)].use(indices.count, read)
  }

  func place(of index: Int) -> Int { parts[part(of: index)].place(of: index) }

  /// The last part that begins at or before the sample.
  private func part(of index: Int) -> Int {
    var (low, high) = (0, parts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if parts[middle].order.part.lowerBound <= index { low = middle } else { high = middle }
    }
    return low
  }
}

/// The two windows of a part: the one whose samples are used, and the one after it.
private struct PartWindows {
  let order: WindowedOrder
  private var windows: [Window] = []
  /// Which of the two is used.
  private var current = 0
  /// How many samples of it have been used.
  private var used: Int

  init(_ order: WindowedOrder, epoch: Int, position: Int, firstPlace: Int) {
    self.order = order
    // The last step of an epoch may be short, so what comes after it can be counted beyond the part's end.
    used = min(position, order.part.count)
    var first = Window(order, firstPlace: firstPlace)
    first.begin(epoch: epoch, number: 0, order)
    while used >= first.count {
      used -= first.count
      first.advance(order)
    }
    var second = Window(order, firstPlace: firstPlace + order.samplesPerWindow)
    second.begin(after: first, order)
    windows = [first, second]
  }

  /// Makes the next `count` samples available, and reads ahead.
  mutating func use(_ count: Int, _ read: (Range<Int>, Int) throws -> Void) throws {
    // Only now nobody looks at the samples of the last batch any more.
    while used >= windows[current].count {
      used -= windows[current].count
      windows[current].begin(after: windows[1 - current], order)
      current = 1 - current
    }
    used += count
    try windows[current].load(share: 1, order, read)
    let excess = used - windows[current].count
    if excess > 0 {
      precondition(excess <= windows[1 - current].count, "a batch spans more than two windows")
      try windows[1 - current].load(share: 1, order, read)
    } else {
      try windows[1 - current].load(share: Double(used) / Double(windows[current].count), order, read)
    }
  }

  func place(of index: Int) -> Int {
    let block = index / order.blockSize - order.firstBlock
    guard
      let place = windows[current].place(of: index, block, order) ?? windows[1 - current].place(of: index, block, order)
    else { preconditionFailure("sample \(index) was not prepared") }
    return place
  }
}

/// One window of a part in memory.
private struct Window {
  private let firstPlace: Int
  private var epoch = 0
  private var number = 0
  private var blocks: [Int] = []
  private(set) var count = 0
  private var loaded = 0
  private var end = 0
  /// For each block of the part where in memory its first sample lies; -1 if it does not.
  private var places: [Int]

  init(_ order: WindowedOrder, firstPlace: Int) {
    self.firstPlace = firstPlace
    places = [Int](repeating: -1, count: order.blockCount)
    blocks.reserveCapacity(order.blockCount)
  }

  mutating func begin(epoch: Int, number: Int, _ order: WindowedOrder) {
    forgetBlocks(order)
    if epoch != self.epoch || blocks.isEmpty { order.listBlocks(epoch: epoch, into: &blocks) }
    self.epoch = epoch
    self.number = number
    count = order.count(ofWindow: number, blocks)
    loaded = 0
    end = firstPlace
  }

  /// Becomes the window after `other`, perhaps of the next epoch.
  mutating func begin(after other: Window, _ order: WindowedOrder) {
    let isLast = other.number == order.windowCount - 1
    begin(epoch: other.epoch + (isLast ? 1 : 0), number: isLast ? 0 : other.number + 1, order)
  }

  mutating func advance(_ order: WindowedOrder) { begin(after: self, order) }

  /// Reads blocks until this share of them is in memory.
  mutating func load(share: Double, _ order: WindowedOrder, _ read: (Range<Int>, Int) throws -> Void) throws {
    let mine = order.places(ofWindow: number)
    let target = Int((Double(mine.count) * share).rounded(.up))
    while loaded < target {
      let block = blocks[mine.lowerBound + loaded]
      let samples = order.samples(of: block)
      try read(samples, end)
      places[block - order.firstBlock] = end
      end += samples.count
      loaded += 1
    }
  }

  /// Where the sample lies, which is in this block of the part; nil if that is not in memory here.
  func place(of index: Int, _ block: Int, _ order: WindowedOrder) -> Int? {
    let start = places[block]
    guard start >= 0 else { return nil }
    return start + index - order.samples(of: block + order.firstBlock).lowerBound
  }

  private mutating func forgetBlocks(_ order: WindowedOrder) {
    guard loaded > 0 else { return }
    for place in order.places(ofWindow: number).prefix(loaded) { places[blocks[place] - order.firstBlock] = -1 }
    loaded = 0
  }
}
