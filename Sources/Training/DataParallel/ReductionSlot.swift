/// A vector that is reduced: single-precision sums (gradients) and double-precision sums (loss, metrics, norms).
///
/// A view; the memory belongs to the ``TreeAllreduce`` it comes from.
public struct ReductionSlot {
  /// The single-precision sums; starts at a multiple of 64 bytes.
  public let floats: UnsafeMutableBufferPointer<Float>
  /// The double-precision sums; starts at a multiple of 64 bytes.
  public let doubles: UnsafeMutableBufferPointer<Double>
  /// Floats, padding and doubles, as they are sent.
  let bytes: UnsafeMutableRawBufferPointer

  /// Views the start of `memory`.
  init(_ layout: SlotLayout, in memory: UnsafeMutableRawBufferPointer) {
    bytes = UnsafeMutableRawBufferPointer(rebasing: memory[..<layout.bytes])
    floats = UnsafeMutableRawBufferPointer(rebasing: bytes[..<layout.floatBytes]).bindMemory(to: Float.self)
    doubles = UnsafeMutableRawBufferPointer(rebasing: bytes[layout.doubleBytes]).bindMemory(to: Double.self)
  }

  /// The part of the vector that `slice` names.
  subscript(slice: SlotLayout.Slice) -> ReductionSlot {
    ReductionSlot(slice.layout, in: UnsafeMutableRawBufferPointer(rebasing: bytes[slice.offset...]))
  }
}

/// Where floats and doubles are in the memory of a slot.
struct SlotLayout: Equatable {
  let floats: Int
  let doubles: Int

  /// One line of the cache.
  ///
  /// Slots and slices start at a multiple of it, so that no two ranks write to one line.
  static let alignment = 64
  private static let floatsPerLine = alignment / MemoryLayout<Float>.stride

  /// The size of the floats, in bytes.
  var floatBytes: Int { floats * MemoryLayout<Float>.stride }
  /// The place of the doubles, in bytes: on the next line after the floats.
  var doubleBytes: Range<Int> {
    let start = doubles == 0 ? floatBytes : Self.aligned(floatBytes)
    return start..<start + doubles * MemoryLayout<Double>.stride
  }
  /// The size of the content, in bytes.
  var bytes: Int { doubleBytes.upperBound }
  /// The distance from one slot to the next, in bytes.
  var stride: Int { Self.aligned(bytes) }

  /// Views `count` slots one after the other at the start of `memory`, which is aligned to ``alignment``.
  func slots(_ count: Int, in memory: UnsafeMutableRawBufferPointer) -> [ReductionSlot] {
    (0..<count).map { ReductionSlot(self, in: UnsafeMutableRawBufferPointer(rebasing: memory[($0 * stride)...])) }
  }

  /// A part of the vector that one rank sums: a vector itself.
  struct Slice: Equatable {
    /// Where it starts in the slot, in bytes.
    let offset: Int
    let layout: SlotLayout
  }

  /// Splits the vector into `count` slices of nearly equal length in whole cache lines; the last has all the doubles.
  func slices(_ count: Int) -> [Slice] {
    let lines = (floats + Self.floatsPerLine - 1) / Self.floatsPerLine
    return VirtualShards.parts(of: lines, among: count).enumerated().map { index, part in
      let start = min(part.lowerBound * Self.floatsPerLine, floats)
      let end = min(part.upperBound * Self.floatsPerLine, floats)
      let isLast = index == count - 1
      // An empty slice at the very end must not start on a line beyond the slot, unless the doubles are there.
      let offset = isLast && start == end ? doubleBytes.lowerBound : start * MemoryLayout<Float>.stride
      return Slice(offset: offset, layout: SlotLayout(floats: end - start, doubles: isLast ? doubles : 0))
    }
  }

  private static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }
}

/// Memory for slots that this rank shares with nobody, filled with zeros.
final class PrivateMemory {
  let bytes: UnsafeMutableRawBufferPointer

  init(bytes count: Int) {
    bytes = .allocate(byteCount: count, alignment: SlotLayout.alignment)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { bytes.deallocate() }
}
