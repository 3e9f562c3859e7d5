import Testing

@testable import NeuralNetwork

@Suite struct GradientClippingTests {
  private func slabs() -> OptimizerSlabs {
    let slabs = OptimizerTests.slabs([[[3, 4], [5]]], for: SGD())
    for entry in slabs.table.entries {
      for index in entry.range { slabs.gradients.floats[index] = Float(index % 7) - 2.5 }
    }
    return slabs
  }

  private func norm(_ slabs: OptimizerSlabs, _ entries: [ParameterTable.Entry]) -> Double {
    entries.reduce(0) { sum, entry in
      slabs.gradients.floats.extracting(entry.range).reduce(sum) { $0 + Double($1) * Double($1) }
    }.squareRoot()
  }

  /// Float32 rounds the factor and each product, 1e-7 of the norm.
  @Test func globalNormIsBounded() {
    let slabs = slabs()
    let before = Array(slabs.gradients.floats)
    let factor = 2 / norm(slabs, slabs.table.entries)
    GradientClipping.globalNorm(2).apply(to: slabs.gradients, slabs.table)
    #expect(abs(norm(slabs, slabs.table.entries) - 2) < 1e-6)
    for index in before.indices {
      #expect(abs(slabs.gradients.floats[index] - before[index] * Float(factor)) < 1e-6)
    }
  }

  @Test func normOfEachParameterIsBounded() {
    let slabs = slabs()
    let entries = slabs.table.entries
    // Between the norms of the two: only the first is shortened.
    let bound = (norm(slabs, [entries[0]]) + norm(slabs, [entries[1]])) / 2
    let second = Array(slabs.gradients.floats.extracting(entries[1].range))
    GradientClipping.norm(bound).apply(to: slabs.gradients, slabs.table)
    #expect(abs(norm(slabs, [entries[0]]) - bound) < 1e-6)
    #expect(Array(slabs.gradients.floats.extracting(entries[1].range)) == second)
  }

  @Test func valuesAreBounded() {
    let slabs = slabs()
    let before = Array(slabs.gradients.floats)
    GradientClipping.value(1).apply(to: slabs.gradients, slabs.table)
    #expect(Array(slabs.gradients.floats) == before.map { min(max($0, -1), 1) })
  }

  @Test(arguments: [GradientClipping.globalNorm(100), .norm(100), .value(100)])
  func smallGradientsKeepTheirBits(clipping: GradientClipping) {
    let slabs = slabs()
    let before = Array(slabs.gradients.floats)
    clipping.apply(to: slabs.gradients, slabs.table)
    #expect(Array(slabs.gradients.floats) == before)
  }

  /// One bad value must not be hidden by clipping.
  @Test(arguments: [Float.nan, .infinity])
  func badGradientsStayBad(value: Float) {
    let slabs = slabs()
    slabs.gradients.floats[3] = value
    GradientClipping.globalNorm(1).apply(to: slabs.gradients, slabs.table)
    #expect(slabs.gradients.floats[3].isNaN && slabs.gradients.floats[0].isNaN)
  }

  /// The gaps between parameters do not count.
  @Test func gapsDoNotCount() {
    let slabs = slabs()
    let expected = self.slabs()
    slabs.gradients.floats[13] = 1000
    GradientClipping.globalNorm(1).apply(to: slabs.gradients, slabs.table)
    GradientClipping.globalNorm(1).apply(to: expected.gradients, expected.table)
    for entry in slabs.table.entries {
      #expect(
        slabs.gradients.floats.extracting(entry.range).elementsEqual(expected.gradients.floats.extracting(entry.range)))
    }
  }
}
