import Testing

@testable import Datasets

@Suite struct SynthesizerTests {
  private func image(_ source: SyntheticSource, _ index: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: source.bytesPerImage)
    bytes.withUnsafeMutableBytes { source.copyImage(index, into: $0) }
    return bytes
  }

  /// A sample is the same alone, in any order and in any range.
  @Test(arguments: SynthesizerRegistry.all.map { $0.kind }) func aSampleIsAFunctionOfItsIndex(kind: String) throws {
    let type = try #require(SynthesizerRegistry.all.first { $0.kind == kind })
    var settings = type.defaults
    let whole = SyntheticSource(type, settings, range: 0..<20)
    let part = SyntheticSource(type, settings, range: 13..<17)
    for index in (0..<4).reversed() { #expect(image(part, index) == image(whole, 13 + index)) }
    #expect(image(whole, 0) != image(whole, 4))
    settings.seed = 1
    #expect(image(SyntheticSource(type, settings, range: 0..<1), 0) != image(whole, 0))
  }

  @Test func classesAreEquallyFrequent() {
    var settings = Blobs.defaults
    settings.classCount = 3
    #expect(SyntheticSource(Blobs.self, settings, range: 4..<10).labels == .classes([1, 2, 0, 1, 2, 0]))
  }

  /// numpy.polyfit(range(5), values, 1)[0] gives the same.
  @Test func slopesAreThoseOfLeastSquares() {
    #expect(Slopes.slope(of: [0, 1, 2, 3, 4]) == 1)
    #expect((Slopes.slope(of: [0.3, -1.2, 2.5, 0.75, 4]) - 0.935).magnitude < 1e-6)
    #expect(Slopes.slope(of: [3, 1]) == -2)
  }

  /// Without noise a signal is its line.
  @Test func slopesWithoutNoise() throws {
    let settings = SynthesisSettings(shape: [6, 1, 1], classCount: nil, noise: 0)
    let source = SyntheticSource(Slopes.self, settings, range: 0..<50)
    guard case .values(let slopes, 1) = source.labels else { return #expect(Bool(false)) }
    for (index, slope) in slopes.enumerated() {
      let values = image(source, index).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      for (position, value) in values.enumerated() {
        #expect((value - slope * (Float(position) - 2.5)).magnitude < 1e-5)
      }
    }
    #expect(slopes.allSatisfy { -1...1 ~= $0 })
    #expect((slopes.max() ?? 0) > 0.8 && (slopes.min() ?? 0) < -0.8)
  }

  /// Without noise the brightest pixel of a blob is at most 0.05 of the side, and half a pixel, from its class' place.
  @Test func blobsAreWhereTheirClassSays() {
    let settings = SynthesisSettings(shape: [20, 40, 3], classCount: 4, noise: 0)
    let source = SyntheticSource(Blobs.self, settings, range: 0..<40)
    let places: [(row: Double, column: Double)] = [(0.5, 0.8), (0.8, 0.5), (0.5, 0.2), (0.2, 0.5)]
    for index in 0..<40 {
      let pixels = image(source, index)
      let brightest = pixels.indices.max { pixels[$0] < pixels[$1] } ?? 0
      let (row, column) = (Double(brightest / 120) + 0.5, Double(brightest % 120 / 3) + 0.5)
      #expect((row / 20 - places[index % 4].row).magnitude <= 0.05 + 0.5 / 20 + 1e-6)
      #expect((column / 40 - places[index % 4].column).magnitude <= 0.05 + 0.5 / 40 + 1e-6)
      #expect(pixels[brightest / 3 * 3] == pixels[brightest / 3 * 3 + 2])
    }
  }

  /// Without noise the stripes of the first direction change along columns only, of the middle one along rows only.
  @Test func stripesGoWhereTheirClassSays() {
    let settings = SynthesisSettings(shape: [16, 16, 1], classCount: 4, noise: 0)
    let source = SyntheticSource(Stripes.self, settings, range: 0..<8)
    for index in 0..<8 {
      let pixels = image(source, index).map { Int($0) }
      var (alongRow, alongColumn) = (0, 0)
      for position in 0..<15 {
        alongRow = max(alongRow, abs(pixels[position + 1] - pixels[position]))
        alongColumn = max(alongColumn, abs(pixels[16 * position + 16] - pixels[16 * position]))
      }
      #expect((alongRow <= 1) == (index % 4 == 2))
      #expect((alongColumn <= 1) == (index % 4 == 0))
    }
  }
}
