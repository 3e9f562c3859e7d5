import Testing

@testable import Datasets

@Suite struct TransformParametersTests {
  private static let all = {
    var settings = Augmentation()
    settings.rotationRange = 30
    settings.widthShiftRange = .fraction(0.25)
    settings.heightShiftRange = .pixels(3)
    settings.shearRange = 10
    settings.zoomRange = 0.8...1.5
    settings.horizontalFlip = true
    settings.verticalFlip = true
    settings.brightnessRange = 0.5...2
    settings.channelShiftRange = 20
    settings.cropPadding = 2
    return settings
  }()

  private func draw(_ settings: Augmentation, epoch: Int = 0, sample: Int = 0, seed: UInt64 = 5) -> TransformParameters
  { TransformParameters(settings, seed: seed, epoch: epoch, sample: sample, height: 12, width: 20) }

  /// 20,000 draws: means within four standard errors of the middle, all values within the range, and its ends approached.
  @Test func drawsFillTheirRangesEvenly() {
    let draws = (0..<20_000).map { draw(Self.all, epoch: $0 % 7, sample: $0) }
    func check(_ name: String, _ range: ClosedRange<Double>, _ value: (TransformParameters) -> Double) {
      let values = draws.map(value)
      let width = range.upperBound - range.lowerBound
      let mean = values.reduce(0, +) / Double(values.count)
      #expect(values.allSatisfy(range.contains), "\(name)")
      #expect(
        abs(mean - (range.lowerBound + range.upperBound) / 2) < 4 * width / (12 * 20_000.0).squareRoot(), "\(name)")
      #expect((values.min() ?? 0) < range.lowerBound + width / 1000, "\(name)")
      #expect((values.max() ?? 0) > range.upperBound - width / 1000, "\(name)")
    }
    check("rotation", -30...30) { $0.rotation }
    check("width", -5...5) { $0.shift.x }
    check("height", -3...3) { $0.shift.y }
    check("shear", -10...10) { $0.shear }
    check("zoom x", 0.8...1.5) { $0.zoom.x }
    check("zoom y", 0.8...1.5) { $0.zoom.y }
    check("brightness", 0.5...2) { $0.brightness }
    check("channel shift", -20...20) { $0.channelShift }
    // 10,000 ± 71, and 4,000 ± 57 of each of five places.
    #expect((9_700...10_300).contains(draws.count(where: \.horizontalFlip)))
    #expect((9_700...10_300).contains(draws.count(where: \.verticalFlip)))
    for place in -2...2 {
      #expect((3_770...4_230).contains(draws.count { $0.crop.x == place }))
      #expect((3_770...4_230).contains(draws.count { $0.crop.y == place }))
    }
    #expect(draws.count { abs($0.zoom.x - $0.zoom.y) > 0.1 } > 10_000, "the axes are stretched on their own")
    #expect((4_500...5_500).contains(draws.count { $0.horizontalFlip && $0.verticalFlip }))
  }

  /// Below 3 whole pixels: 0 for one in three, ±1 and ±2 for one in six each (Keras draws a distance and a sign).
  @Test func wholePixels() {
    var settings = Augmentation()
    settings.widthShiftRange = .wholePixels(3)
    let shifts = (0..<6_000).map { draw(settings, sample: $0).shift.x }
    #expect(Set(shifts) == [-2, -1, 0, 1, 2])
    for (shift, count) in [(-2.0, 1_000), (-1, 1_000), (0, 2_000), (1, 1_000), (2, 1_000)] {
      #expect(abs(shifts.count { $0 == shift } - count) < 150, "\(shift)")
    }
  }

  @Test func seedEpochAndSampleDecide() {
    #expect(draw(Self.all, epoch: 3, sample: 9) == draw(Self.all, epoch: 3, sample: 9))
    #expect(draw(Self.all, epoch: 3, sample: 9) != draw(Self.all, epoch: 4, sample: 9))
    #expect(draw(Self.all, epoch: 3, sample: 9) != draw(Self.all, epoch: 3, sample: 10))
    #expect(draw(Self.all, epoch: 3, sample: 9) != draw(Self.all, epoch: 9, sample: 3))
    #expect(draw(Self.all, epoch: 3, sample: 9) != draw(Self.all, epoch: 3, sample: 9, seed: 6))
  }

  /// Each setting alone draws what it draws among all others.
  @Test func settingsDoNotDisturbOneAnother() {
    let whole = draw(Self.all)
    var onlyRotation = Augmentation()
    onlyRotation.rotationRange = 30
    var expected = TransformParameters()
    expected.rotation = whole.rotation
    #expect(draw(onlyRotation) == expected)
    var onlyCrop = Augmentation()
    onlyCrop.cropPadding = 2
    expected = TransformParameters()
    expected.crop = whole.crop
    #expect(draw(onlyCrop) == expected)
    var onlyBrightness = Augmentation()
    onlyBrightness.brightnessRange = 0.5...2
    expected = TransformParameters()
    expected.brightness = whole.brightness
    #expect(draw(onlyBrightness) == expected)
    #expect(draw(Augmentation()) == TransformParameters())
  }

  @Test func nothingMovesNothing() {
    #expect(TransformParameters().affineTransform(height: 12, width: 20) == .identity)
    #expect(draw(Augmentation()).affineTransform(height: 11, width: 7) == .identity)
  }
}
