import Numerics
import Testing

@Suite struct VectorKernelsTests {
  @Test(arguments: [0, 1, 7, 1000]) func addAccumulates(count: Int) {
    let source = (0..<count).map { Float($0) }
    var destination = [Float](repeating: 0.5, count: count)
    var span = destination.mutableSpan
    add(source.span, to: &span)
    #expect(destination == source.map { $0 + 0.5 })
  }

  @Test(arguments: [0, 1, 7, 1000]) func sumOverwrites(count: Int) {
    let left = (0..<count).map { Double($0) }
    let right = (0..<count).map { Double($0) * 0.25 }
    var destination = [Double](repeating: .nan, count: count)
    var span = destination.mutableSpan
    sum(left.span, right.span, into: &span)
    #expect(destination == zip(left, right).map { $0 + $1 })
  }
}
