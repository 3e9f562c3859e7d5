import Numerics
import Testing

@testable import NeuralNetwork

@Suite struct InitializerTests {
  /// The fans of the documents' networks, as Keras counts them.
  @Test func fansAreKeras() {
    #expect(fans(of: [3, 3, 1, 10]) == (9, 90))
    #expect(fans(of: [3, 3, 32, 64]) == (288, 576))
    #expect(fans(of: [90, 50]) == (90, 50))
  }

  /// A uniform law in ±L has variance L²/3; over 100,000 draws the variance has a deviation of 0.3 % and the mean one of
  /// 0.002 L: five of each are allowed.
  @Test func glorotUniformHasItsMoments() {
    let values = fill(GlorotUniform(), [250, 400])
    let limit = (6.0 / 650).squareRoot()
    #expect(values.allSatisfy { abs($0) <= limit })
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    #expect(abs(mean) < 0.01 * limit)
    #expect(abs(variance / (limit * limit / 3) - 1) < 0.015)
  }

  @Test func zerosAreZero() { #expect(fill(Zeros(), [10]).allSatisfy { $0 == 0 }) }

  /// Each parameter has a stream of its own: its values do not depend on what comes before it.
  @Test func parametersDependOnSeedAndNumberOnly() throws {
    func kernel(_ seed: UInt64, units: Int) throws -> [Float] {
      let model = ModelDescription(name: "model", layers: [Dense(units: units), Dense(units: 4)])
      let table = try model.parameterTable(for: Shape([5]))
      let slab = Slab(count: table.slabCount)
      table.initialize(slab, seed: seed)
      return Array(slab.floats.extracting(table.entries[0].range))
    }
    #expect(try kernel(1, units: 3) == kernel(1, units: 3))
    #expect(try kernel(1, units: 3) != kernel(2, units: 3))
  }

  private func fill(_ initializer: any Initializer, _ shape: [Int]) -> [Double] {
    let slab = Slab(count: shape.reduce(1, *))
    var span = slab.floats.mutableSpan
    var stream = RandomStream(seed: 9, purpose: .initialization)
    initializer.fill(&span, shape: shape, from: &stream)
    return slab.floats.map(Double.init)
  }
}
