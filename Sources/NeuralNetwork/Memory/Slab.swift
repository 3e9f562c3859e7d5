/// A block of Float32 that holds one value for every parameter of the network, one parameter after the other.
///
/// All parameters are one slab, their gradients another, each slot of the optimizer another: one loop updates them, one
/// range is reduced, and a parameter that a layer declares cannot be forgotten by any of them. Aligned to 64 bytes, zero
/// at first.
public final class Slab {
  /// The values.
  public let floats: UnsafeMutableBufferPointer<Float>

  /// Allocates `count` zeros.
  public init(count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    let start = memory.initializeMemory(as: Float.self, repeating: 0, count: count)
    floats = UnsafeMutableBufferPointer(start: start, count: count)
  }

  deinit { UnsafeMutableRawPointer(floats.baseAddress)?.deallocate() }
}
