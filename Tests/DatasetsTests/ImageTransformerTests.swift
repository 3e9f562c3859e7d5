import Testing

@testable import Datasets

@Suite struct ImageTransformerTests {
  /// Everything, but little enough that some of an image of six pixels is left.
  private static let all = {
    var settings = Augmentation()
    settings.rotationRange = 180
    settings.widthShiftRange = .fraction(0.25)
    settings.heightShiftRange = .wholePixels(2)
    settings.shearRange = 20
    settings.zoomRange = 0.5...1
    settings.horizontalFlip = true
    settings.verticalFlip = true
    settings.brightnessRange = 0.5...0.9
    settings.channelShiftRange = 1
    settings.fillMode = .reflect
    settings.cropPadding = 1
    return settings
  }()

  /// Every sample in every epoch, whoever asks for it and when.
  @Test func orderMakesNoDifference() throws {
    let samples = try byteSamples(count: 40)
    let part = try byteSamples(count: 40, range: 30..<40)
    let transformer = ImageTransformer(Self.all, seed: 3)
    let keys = (0..<4).flatMap { epoch in (0..<40).map { (epoch, $0) } }
    let images = keys.map { transformed($1, of: samples, transformer, epoch: $0) }
    for (number, (epoch, sample)) in keys.enumerated().reversed() {
      #expect(transformed(sample, of: samples, transformer, epoch: epoch) == images[number])
      if sample >= 30 {
        #expect(transformed(sample, of: part, transformer, epoch: epoch) == images[number])
      }
    }
    for sample in 0..<40 { #expect(Set((0..<4).map { images[$0 * 40 + sample] }).count == 4, "epochs differ") }
    let other = ImageTransformer(Self.all, seed: 4)
    #expect((0..<40).allSatisfy { transformed($0, of: samples, other, epoch: 0) != images[$0] })
  }

  @Test func loaderDeliversWhatTheEpochShows() throws {
    let samples = try byteSamples(count: 40)
    let transformer = ImageTransformer(Self.all, seed: 3)
    for epoch in [0, 6] {
      var schedule = ListedBatches([[3, 39], [], [0, 3, 17]])
      schedule.epoch = epoch
      let loader = BatchLoader(samples: samples, largestBatch: 3, schedule: schedule, transformer: transformer)
      for expected in [[3, 39], [], [0, 3, 17]] {
        let batch = try #require(try loader.next())
        #expect(Array(batch.images) == expected.flatMap { transformed($0, of: samples, transformer, epoch: epoch) })
        #expect(Array(batch.labels) == expected.map { Int32($0 % 7) }, "labels stay")
      }
    }
  }

  /// Settings that change nothing give the very pixels, of bytes and of numbers.
  @Test func nothingChangesNothing() throws {
    let transformer = ImageTransformer(Augmentation(), seed: 3)
    #expect(transformed(7, of: try byteSamples(count: 9), transformer, epoch: 2) == bytePixels(7).map { Float($0) })
    #expect(transformed(7, of: try floatSamples(count: 9), transformer, epoch: 2) == floatPixels(7))
  }

  /// Bytes and the same values as numbers come out the same.
  @Test func bytesAndNumbersAreAlike() throws {
    let pixels = (0..<105).map { UInt8($0 * 67 % 256) }
    let bytes = try storedSamples([pixels], shape: [5, 7, 3])
    let numbers = try storedSamples([pixels.map { Float($0) }], shape: [5, 7, 3])
    var settings = Self.all
    settings.brightnessRange = nil
    for mode in FillMode.allCases {
      settings.fillMode = mode
      let transformer = ImageTransformer(settings, seed: 1)
      for epoch in 0..<20 {
        #expect(
          transformed(0, of: bytes, transformer, epoch: epoch) == transformed(0, of: numbers, transformer, epoch: epoch)
        )
      }
    }
  }

  /// Flips and whole shifts against index arithmetic: every pixel keeps its bits.
  @Test func wholePixelsAreExact() throws {
    let (height, width) = (9, 14)
    let pixels = (0..<height * width).map { Float($0) / 7 }
    let samples = try storedSamples([pixels], shape: [height, width, 1])
    for (x, y, horizontal, vertical) in [
      (0, 0, true, false), (0, 0, false, true), (3, -2, true, true), (-5, 8, false, true),
    ] {
      var parameters = TransformParameters()
      parameters.shift = SIMD2(Double(x), Double(y))
      parameters.horizontalFlip = horizontal
      parameters.verticalFlip = vertical
      let expected = (0..<height).flatMap { row in
        (0..<width).map { column in
          let fromRow = min(max((vertical ? height - 1 - row : row) + y, 0), height - 1)
          let fromColumn = min(max((horizontal ? width - 1 - column : column) + x, 0), width - 1)
          return pixels[fromRow * width + fromColumn]
        }
      }
      #expect(transformed(0, of: samples, ImageTransformer(Augmentation(), seed: 0), parameters) == expected)
    }
  }

  /// What bytes cannot be, they do not become; of numbers the range is not known.
  @Test func brightnessClipsBytesOnly() throws {
    var parameters = TransformParameters()
    parameters.brightness = 2
    let transformer = ImageTransformer(Augmentation(), seed: 0)
    let bytes = try storedSamples([[0, 100, 200, 255] as [UInt8]], shape: [2, 2, 1])
    #expect(transformed(0, of: bytes, transformer, parameters) == [0, 200, 255, 255])
    let numbers = try storedSamples([[0, -0.25, 0.75, 300] as [Float]], shape: [2, 2, 1])
    #expect(transformed(0, of: numbers, transformer, parameters) == [0, -0.5, 1.5, 600])
  }

  /// The largest of all settings on the smallest of images: every pixel is one of the source's, or the constant.
  @Test(arguments: FillMode.allCases, [[1, 1, 1], [1, 6, 2], [6, 1, 1], [2, 2, 3]])
  func extremes(mode: FillMode, shape: [Int]) throws {
    var settings = Augmentation()
    settings.rotationRange = 360
    settings.widthShiftRange = .pixels(65_536)
    settings.heightShiftRange = .pixels(65_536)
    settings.shearRange = 90
    settings.zoomRange = 0.001...1_000
    settings.cropPadding = 65_536
    settings.fillMode = mode
    settings.constant = 50
    let pixels = (0..<shape.reduce(1, *)).map { UInt8(10 + $0) }
    let samples = try storedSamples([pixels], shape: shape)
    let transformer = ImageTransformer(settings, seed: 0)
    for epoch in 0..<200 {
      let image = transformed(0, of: samples, transformer, epoch: epoch)
      #expect(image.allSatisfy { (10...Float(9 + pixels.count)).contains($0) || (mode == .constant && $0 == 50) })
    }
  }
}
