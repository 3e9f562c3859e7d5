import Numerics

/// A ``ReductionPlan`` bound to memory: run it as often as the partial sums change.
final class TreeSum {
  private let floats: BlockwiseSum<Float>
  private let doubles: BlockwiseSum<Double>

  init(_ plan: ReductionPlan, partials: [ReductionSlot], results: [ReductionSlot]) {
    floats = BlockwiseSum(plan, partials: partials.map(\.floats), results: results.map(\.floats))
    doubles = BlockwiseSum(plan, partials: partials.map(\.doubles), results: results.map(\.doubles))
  }

  /// Does all additions.
  func run() {
    floats.run()
    doubles.run()
  }
}

/// The additions of a plan for one element type, in blocks that stay in the cache from the first addition to the last.
private final class BlockwiseSum<Element: Summable> {
  private struct Step {
    let left: Operand
    let right: Operand
    let into: Operand
    let isInPlace: Bool
  }

  /// A vector, or a scratch block, which is the same memory for every block of the vectors.
  private struct Operand {
    let memory: UnsafeMutableBufferPointer<Element>
    let isScratch: Bool

    func block(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Element> {
      UnsafeMutableBufferPointer(rebasing: memory[isScratch ? 0..<range.count : range])
    }
  }

  private let steps: [Step]
  private let count: Int
  private let scratch: UnsafeMutableBufferPointer<Element>

  /// 16 KB of floats: with two operands and the scratch blocks well inside the second-level cache.
  private static var blockLength: Int { 4096 }

  init(
    _ plan: ReductionPlan, partials: [UnsafeMutableBufferPointer<Element>],
    results: [UnsafeMutableBufferPointer<Element>]
  ) {
    let length = Self.blockLength
    let scratch = UnsafeMutableBufferPointer<Element>.allocate(capacity: plan.scratches * length)
    scratch.initialize(repeating: 0)
    func operand(_ operand: ReductionPlan.Operand) -> Operand {
      switch operand {
      case .partial(let index): Operand(memory: partials[index], isScratch: false)
      case .result(let index): Operand(memory: results[index], isScratch: false)
      case .scratch(let index):
        Operand(memory: .init(rebasing: scratch[index * length..<(index + 1) * length]), isScratch: true)
      }
    }
    steps = plan.steps.map { step in
      Step(
        left: operand(step.left), right: operand(step.right), into: operand(step.into),
        isInPlace: step.left == step.into)
    }
    count = partials.first?.count ?? 0
    self.scratch = scratch
  }

  deinit { scratch.deallocate() }

  func run() {
    var start = 0
    while start < count {
      let range = start..<min(start + Self.blockLength, count)
      for step in steps {
        var into = step.into.block(range).mutableSpan
        if step.isInPlace {
          Element.add(step.right.block(range).span, to: &into)
        } else {
          Element.sum(step.left.block(range).span, step.right.block(range).span, into: &into)
        }
      }
      start = range.upperBound
    }
  }
}

/// The element types of the reduced vectors, with their kernels (in Numerics, which is optimised in debug builds too).
private protocol Summable: BinaryFloatingPoint {
  static func add(_ source: Span<Self>, to destination: inout MutableSpan<Self>)
  static func sum(_ left: Span<Self>, _ right: Span<Self>, into destination: inout MutableSpan<Self>)
}

extension Float: Summable {
  static func add(_ source: Span<Float>, to destination: inout MutableSpan<Float>) {
    Numerics.add(source, to: &destination)
  }
  static func sum(_ left: Span<Float>, _ right: Span<Float>, into destination: inout MutableSpan<Float>) {
    Numerics.sum(left, right, into: &destination)
  }
}

extension Double: Summable {
  static func add(_ source: Span<Double>, to destination: inout MutableSpan<Double>) {
    Numerics.add(source, to: &destination)
  }
  static func sum(_ left: Span<Double>, _ right: Span<Double>, into destination: inout MutableSpan<Double>) {
    Numerics.sum(left, right, into: &destination)
  }
}
