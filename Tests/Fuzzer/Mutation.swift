/// A way to damage a file that follows from a number.
struct Mutation {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The next random number: Steele, Lea and Flood's SplitMix64.
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A random number from 0 up, below `count`.
  mutating func choose(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }

  /// The bytes with up to eight damages.
  mutating func damaged(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<1 + choose(8) where !bytes.isEmpty { damage(&bytes) }
    return bytes
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    // The structure of most formats is at the start or the end, the data between.
    let place =
      switch choose(3) {
      case 0: choose(min(bytes.count, 4_096))
      case 1: bytes.count - 1 - choose(min(bytes.count, 4_096))
      default: choose(bytes.count)
      }
    let length = min(1 + choose(16), bytes.count - place)
    switch choose(8) {
    case 0: bytes[place] ^= 1 << UInt8(choose(8))
    case 1: bytes[place] = UInt8(choose(256))
    case 2: for index in place..<place + length { bytes[index] = 0 }
    case 3: for index in place..<place + length { bytes[index] = 0xFF }
    case 4:
      // A number of one to eight bytes becomes a large one, or one that is just above what fits.
      let large: [UInt64] = [0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 60, .max, 0x8000_0000_0000_0000, 0xFFFF, 0x1_0000]
      let value = large[choose(large.count)]
      for index in 0..<min([1, 2, 4, 8][choose(4)], bytes.count - place) {
        bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
      }
    case 5:
      let other = choose(bytes.count)
      for index in 0..<min(length, bytes.count - other) { bytes.swapAt(place + index, other + index) }
    case 6:
      let other = choose(bytes.count)
      let count = min(1 + choose(64), bytes.count - place, bytes.count - other)
      let copy = Array(bytes[other..<other + count])
      bytes.replaceSubrange(place..<place + count, with: copy)
    default:
      // Cut off seldom: most of what is cut off is refused at once.
      if choose(4) == 0 { bytes.removeLast(bytes.count - place) } else { bytes[place] &+= 1 }
    }
  }
}
