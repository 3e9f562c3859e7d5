import HDF5
import Testing

/// Heaps of names, from which libhdf5 would copy beyond its memory.
@Suite struct LocalHeapsTests {
  /// The size, the list of free places, and the address of the data.
  @Test(arguments: [(8, UInt64.max), (8, 1 << 40), (16, 1 << 40), (24, UInt64.max - 8), (24, 1 << 40)])
  func damageIsFound(field: Int, value: UInt64) throws {
    let whole = try image { try $0.write([1.0, 2.0], shape: [2], to: "group/x") }
    _ = try File(image: whole, name: "whole").dataset(at: "group/x")
    let heaps = whole.indices.filter { whole[$0...].starts(with: Array("HEAP".utf8)) }
    #expect(heaps.count == 2)
    for heap in heaps {
      var bytes = whole
      for index in 0..<8 { bytes[heap + field + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
      expectError(.refused, "the heap of names at byte \(heap) is larger than the file") {
        _ = try File(image: bytes, name: "image")
      }
    }
  }

  /// Bytes that only look like one are in data too.
  @Test func shortBytesAreNoHeap() {
    expectError(.notHDF5, "signature not found") { _ = try File(image: Array("HEAP\0\0\0\0".utf8), name: "image") }
  }
}
