/// A block of Float32 that holds one value for every parameter of the network, one parameter after the other.
///
/// All parameters are one slab, their gradients another, each slot of the optimizer another: one loop updates them, one
/// range is reduced, and a parameter that a layer declares cannot be forgotten by any of them. Aligned to 64 bytes, zero
/// at first.
public final class Slab {
  /// Eight values, computed together.
  ///
  /// The compiler turns most loops over ``floats`` into vector instructions by itself, but none with a square root.
  typealias Vector = SIMD8<Float>

  /// The values.
  public let floats: UnsafeMutableBufferPointer<Float>
  /// The same values, eight at a time; the last vector may reach into memory that no value has.
  let vectors: UnsafeMutableBufferPointer<Vector>
  /// Whose memory it is; nil for its own.
  private let whole: Slab?

  /// Allocates `count` values.
  public init(count: Int, repeating value: Float = 0) {
    let vectorCount = (count + Vector.scalarCount - 1) / Vector.scalarCount
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(vectorCount, 1) * MemoryLayout<Vector>.stride, alignment: 64)
    let start = memory.initializeMemory(as: Float.self, repeating: value, count: vectorCount * Vector.scalarCount)
    floats = UnsafeMutableBufferPointer(start: start, count: count)
    // A vector is its scalars in order, in memory too; both views are of plain numbers.
    vectors = UnsafeMutableBufferPointer(start: memory.assumingMemoryBound(to: Vector.self), count: vectorCount)
    whole = nil
  }

  /// The first `count` values of `slab`, a multiple of 16 or all of them.
  init(first count: Int, of slab: Slab) {
    precondition(count == slab.floats.count || count % 16 == 0 && count < slab.floats.count, "whole parameters")
    floats = slab.floats.extracting(0..<count)
    vectors = slab.vectors.extracting(0..<(count + Vector.scalarCount - 1) / Vector.scalarCount)
    whole = slab
  }

  deinit { if whole == nil { UnsafeMutableRawPointer(floats.baseAddress)?.deallocate() } }
}

extension Slab {
  /// The Euclidean norm of the values in `range`, summed in double precision in an order that does not depend on the
  /// processor.
  func norm(of range: Range<Int>) -> Double { sumOfSquares(in: range).squareRoot() }

  /// The sum of the squares of the values in `range`, which begins at a multiple of 8.
  func sumOfSquares(in range: Range<Int>) -> Double {
    let width = Vector.scalarCount
    precondition(range.lowerBound % width == 0 && range.upperBound <= floats.count, "a parameter's range")
    let vectors = UnsafeBufferPointer(vectors).span
    let values = UnsafeBufferPointer(floats).span
    var squares = SIMD8<Double>()
    for index in range.lowerBound / width..<range.upperBound / width {
      let value = SIMD8<Double>(vectors[unchecked: index])
      squares += value * value
    }
    for index in max(range.lowerBound, range.upperBound / width * width)..<range.upperBound {
      let value = Double(values[unchecked: index])
      squares[index % width] += value * value
    }
    return squares.sum()
  }
}

extension Slab? {
  /// The values eight at a time; nothing for a slab that is not there.
  var vectors: UnsafeMutableBufferPointer<Slab.Vector> {
    self?.vectors ?? UnsafeMutableBufferPointer(start: nil, count: 0)
  }
}
