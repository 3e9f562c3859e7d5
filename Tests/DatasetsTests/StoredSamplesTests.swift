import Datasets
import HDF5
import Testing

@Suite struct StoredSamplesTests {
  @Test func imagesAreNamedByTheirIndexInTheSplit() throws {
    let samples = try byteSamples(count: 40, range: 11..<30)
    #expect(samples.range == 11..<30)
    #expect(samples.count == 19)
    #expect(samples.imageShape == [3, 2, 1])
    #expect(samples.byteCount == 19 * 6)
    for index in samples.range {
      #expect(image(index, of: samples) == bytePixels(index).map { Float($0) })
      #expect(samples.classLabel(index) == Int32(index % 7))
    }
  }

  @Test func floatsAreKept() throws {
    let samples = try floatSamples(count: 12, range: 5..<12)
    #expect(samples.byteCount == 7 * 6 * 4)
    for index in samples.range {
      #expect(image(index, of: samples) == floatPixels(index))
      var values: [Float] = [0, 0]
      var span = values.mutableSpan
      samples.copyValues(index, into: &span)
      #expect(values == [Float(index), -Float(index)])
    }
  }

  @Test(arguments: [0..<0, 5..<5, 40..<40]) func rangesMayBeEmpty(range: Range<Int>) throws {
    let samples = try byteSamples(count: 40, range: range)
    #expect(samples.count == 0)
    #expect(samples.byteCount == 0)
    #expect(samples.labels == .classes([]))
  }

  /// Rows are read in pieces of 16 MiB, which begin at chunks.
  @Test(arguments: [nil, 7, 300]) func largeRangesAreReadInPieces(chunkRows: Int?) throws {
    let count = 700  // 45 MB
    let shade = { (image: Int) in UInt8(image % 251) }
    var pixels: [UInt8] = []
    for index in 0..<count { pixels += [UInt8](repeating: shade(index), count: 64_000) }
    let store = try openStore { file in
      try writeHeader(file)
      try file.write(
        pixels, shape: [count, 160, 400, 1], to: "/train/images", chunks: chunkRows.map { [$0, 160, 400, 1] })
      try file.write([Int32](repeating: 0, count: count), shape: [count], to: "/train/labels")
    }
    let samples = try StoredSamples(of: store, split: .train, range: 3..<count)
    for index in samples.range {
      let pixels = image(index, of: samples)
      #expect(pixels.first == Float(shade(index)) && pixels.last == Float(shade(index)), "image \(index)")
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func pixelsMustBeFinite(pixel: Float) throws {
    let store = try openStore { file in
      var pixels = [Float](repeating: -0.5, count: 5 * 6)
      pixels[3 * 6 + 2] = pixel
      try writeHeader(file)
      try file.write(pixels, shape: [5, 3, 2, 1], to: "/train/images")
      try file.write([Int32](repeating: 0, count: 5), shape: [5], to: "/train/labels")
    }
    #expect(try StoredSamples(of: store, split: .train, range: 0..<3).count == 3)
    let error = #expect(throws: DatasetError.self) { try StoredSamples(of: store, split: .train, range: 1..<5) }
    #expect(
      error?.description.contains("/train/images: expected finite numbers; found \(pixel) in sample 3") == true,
      "\(error?.description ?? "")")
  }

  @Test func unknownSplitsAreErrors() throws {
    let store = try ImageStore(opening: dataset("digits.h5"))
    #expect(throws: DatasetError.self) { try StoredSamples(of: store, split: .validation, range: 0..<0) }
  }
}
